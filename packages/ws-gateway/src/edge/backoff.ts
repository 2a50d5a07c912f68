/** First and largest wait between two attempts to reach a server. */
export interface BackoffLimits {
  readonly baseMs: number;
  readonly maxMs: number;
}

/** Servers come back within milliseconds in a rolling restart; one that comes back later is found within 2 s (G21). */
export const RELAY_BACKOFF: BackoffLimits = { baseMs: 100, maxMs: 2_000 };

/** Full jitter: a random part of a wait that doubles, so that gateways do not come back in step. */
export function backoffMs(attempt: number, limits: BackoffLimits, random: () => number): number {
  const ceiling = Math.min(limits.maxMs, limits.baseMs * 2 ** Math.min(attempt, 20));
  return Math.round(random() * ceiling);
}
