/** Rate of a token bucket. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token bucket on a monotonic clock. */
export interface TokenBucket {
  /** Takes a token; returns 0, or the milliseconds until there is one. */
  take(nowMs: number): number;
}

export function createTokenBucket(rate: BucketRate, startMs: number): TokenBucket {
  // Thousandths of a token: a rate per second is a whole number of them per millisecond.
  const full = rate.burst * TOKEN;
  let level = full;
  let filledAtMs = startMs;
  return {
    take(nowMs) {
      level = Math.min(full, level + (nowMs - filledAtMs) * rate.perSecond);
      filledAtMs = nowMs;
      if (level >= TOKEN) {
        level -= TOKEN;
        return 0;
      }
      return Math.ceil((TOKEN - level) / rate.perSecond);
    },
  };
}

/**
 * A bucket that forgives: running empty is a strike and refills it, the third strike is
 * final. Nothing is dropped before. A strike is forgotten after a calm minute.
 */
export function createStrikeBucket(rate: BucketRate, startMs: number): (nowMs: number) => boolean {
  let bucket = createTokenBucket(rate, startMs);
  let strikes = 0;
  let struckAtMs = startMs;
  return (nowMs) => {
    if (bucket.take(nowMs) === 0) return true;
    if (nowMs - struckAtMs > FORGIVE_MS) strikes = 0;
    strikes += 1;
    struckAtMs = nowMs;
    bucket = createTokenBucket(rate, nowMs);
    return strikes < MAX_STRIKES;
  };
}

const TOKEN = 1_000;
const MAX_STRIKES = 3;
const FORGIVE_MS = 60_000;
