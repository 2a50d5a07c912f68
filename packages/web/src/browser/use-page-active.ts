import { useEffect, useState } from 'react';

/** True while somebody can be looking: the tab is visible and its window has the focus. */
export function usePageActive(): boolean {
  const [active, setActive] = useState(isActive);
  useEffect(() => {
    const update = (): void => setActive(isActive());
    window.addEventListener('focus', update);
    window.addEventListener('blur', update);
    document.addEventListener('visibilitychange', update);
    return () => {
      window.removeEventListener('focus', update);
      window.removeEventListener('blur', update);
      document.removeEventListener('visibilitychange', update);
    };
  }, []);
  return active;
}

function isActive(): boolean {
  return document.visibilityState === 'visible' && document.hasFocus();
}
