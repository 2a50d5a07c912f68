/** Rate of a token bucket. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** A token is a thousand parts: a rate per second is a whole number of them per millisecond. */
const TOKEN = 1_000;
const MAX_STRIKES = 3;
const FORGIVE_MS = 60_000;

/** A token bucket on a monotonic clock. A class, as every connection has several. */
export class TokenBucket {
  readonly #rate: BucketRate;
  #level: number;
  #filledAtMs: number;

  constructor(rate: BucketRate, startMs: number) {
    this.#rate = rate;
    this.#level = rate.burst * TOKEN;
    this.#filledAtMs = startMs;
  }

  /** Takes a token; returns 0, or the milliseconds until there is one. */
  take(nowMs: number): number {
    const { perSecond, burst } = this.#rate;
    this.#level = Math.min(burst * TOKEN, this.#level + (nowMs - this.#filledAtMs) * perSecond);
    this.#filledAtMs = nowMs;
    if (this.#level >= TOKEN) {
      this.#level -= TOKEN;
      return 0;
    }
    return Math.ceil((TOKEN - this.#level) / perSecond);
  }

  refill(): void {
    this.#level = this.#rate.burst * TOKEN;
  }
}

/**
 * A bucket that forgives: running empty is a strike and refills it, the third strike is
 * final. Nothing is dropped before. A strike is forgotten after a calm minute.
 */
export class StrikeBucket {
  readonly #bucket: TokenBucket;
  #strikes = 0;
  #struckAtMs: number;

  constructor(rate: BucketRate, startMs: number) {
    this.#bucket = new TokenBucket(rate, startMs);
    this.#struckAtMs = startMs;
  }

  /** False = the third strike. */
  allows(nowMs: number): boolean {
    if (this.#bucket.take(nowMs) === 0) return true;
    if (nowMs - this.#struckAtMs > FORGIVE_MS) this.#strikes = 0;
    this.#strikes += 1;
    this.#struckAtMs = nowMs;
    this.#bucket.refill();
    return this.#strikes < MAX_STRIKES;
  }
}
