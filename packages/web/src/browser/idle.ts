/** Nobody touched the page for this long: nobody is there. */
export const IDLE_AFTER_MS = 5 * 60_000;

const SIGNS = ['keydown', 'pointerdown', 'pointermove', 'wheel', 'focus'] as const;

/** Tells when the person at the page goes away and comes back; the answer ends it. */
export function watchIdle(page: EventTarget, onChange: (idle: boolean) => void): () => void {
  let idle = false;
  let lastSignMs = performance.now();
  let timer = setTimeout(check, IDLE_AFTER_MS);
  // Pointers move often: a sign only notes the time, the timer looks at it when it is due.
  function check(): void {
    const leftMs = IDLE_AFTER_MS - (performance.now() - lastSignMs);
    if (leftMs > 0) timer = setTimeout(check, leftMs);
    else change(true);
  }
  function change(next: boolean): void {
    idle = next;
    onChange(next);
  }
  function onSign(): void {
    lastSignMs = performance.now();
    if (!idle) return;
    change(false);
    timer = setTimeout(check, IDLE_AFTER_MS);
  }
  for (const sign of SIGNS) page.addEventListener(sign, onSign, { passive: true, capture: true });
  return () => {
    clearTimeout(timer);
    for (const sign of SIGNS) page.removeEventListener(sign, onSign, { capture: true });
  };
}
