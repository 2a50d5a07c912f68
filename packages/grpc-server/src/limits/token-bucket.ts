import type { Clock } from '../ports/clock.ts';

/** How much is allowed. */
export interface Rate {
  /** Uses in the period. */
  readonly uses: number;
  readonly periodMs: number;
  /** Uses at once after a rest. */
  readonly burst: number;
}

/** Keys kept at most; beyond it those at rest are forgotten, then the oldest. */
const MAX_KEYS = 100_000;

/**
 * Rates by key (GCRA on the monotonic clock): one number per key, the time at which its allowance is whole again.
 */
export class TokenBuckets {
  readonly #clock: Clock;
  readonly #stepMs: number;
  readonly #slackMs: number;
  readonly #wholeAtMs = new Map<string, number>();

  constructor(clock: Clock, rate: Rate) {
    this.#clock = clock;
    this.#stepMs = rate.periodMs / rate.uses;
    this.#slackMs = this.#stepMs * (rate.burst - 1);
  }

  /** Takes one use. 0 = allowed, else the milliseconds until it is; a refused use costs nothing. */
  take(key: string): number {
    const nowMs = this.#clock.monotonicMs();
    const wholeAtMs = Math.max(this.#wholeAtMs.get(key) ?? 0, nowMs);
    const waitMs = wholeAtMs - nowMs - this.#slackMs;
    if (waitMs > 0) return Math.ceil(waitMs);
    this.#wholeAtMs.delete(key); // to the end: the map stays in order of last use
    this.#wholeAtMs.set(key, wholeAtMs + this.#stepMs);
    this.#trim(nowMs);
    return 0;
  }

  #trim(nowMs: number): void {
    for (const [oldest, wholeAtMs] of this.#wholeAtMs) {
      if (wholeAtMs > nowMs && this.#wholeAtMs.size <= MAX_KEYS) return;
      this.#wholeAtMs.delete(oldest);
    }
  }
}
