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
  let tokens = rate.burst;
  let filledAtMs = startMs;
  return {
    take(nowMs) {
      tokens = Math.min(rate.burst, tokens + ((nowMs - filledAtMs) * rate.perSecond) / 1000);
      filledAtMs = nowMs;
      if (tokens >= 1) {
        tokens -= 1;
        return 0;
      }
      return Math.ceil(((1 - tokens) * 1000) / rate.perSecond);
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

const MAX_STRIKES = 3;
const FORGIVE_MS = 60_000;
