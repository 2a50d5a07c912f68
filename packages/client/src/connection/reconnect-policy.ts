import { LIMITS } from '@chat/protocol';

/** A connection that lived this long counts as good: the next loss is tried again at once. */
export const STABLE_AFTER_MS = 5_000;

/**
 * Wait before try number `attempt` (0 = the first after a loss, at once): full jitter over a range that
 * doubles from 250 ms to 20 s. What the server asked for wins.
 */
export function reconnectDelayMs(
  attempt: number,
  random: () => number,
  serverDelayMs?: number,
): number {
  if (serverDelayMs !== undefined && serverDelayMs > 0) return serverDelayMs;
  if (attempt <= 0) return 0;
  const range = Math.min(
    LIMITS.reconnectMaxMs,
    LIMITS.reconnectBaseMs * 2 ** Math.min(attempt - 1, 16),
  );
  return Math.floor(random() * range);
}
