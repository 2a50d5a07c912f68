import type { ChatClient } from '@chat/client';

/** Tells the client when the page comes back: seen again, the network is back, restored from the browser's cache. */
export function wakeOnReturn(client: ChatClient): () => void {
  const wake = (): void => client.wake();
  const wakeWhenSeen = (): void => {
    if (document.visibilityState === 'visible') client.wake();
  };
  window.addEventListener('online', wake);
  window.addEventListener('pageshow', wake);
  document.addEventListener('visibilitychange', wakeWhenSeen);
  return () => {
    window.removeEventListener('online', wake);
    window.removeEventListener('pageshow', wake);
    document.removeEventListener('visibilitychange', wakeWhenSeen);
  };
}
