import { type Outcome, accept, refuse } from '../domain/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import { type Rate, TokenBuckets } from './token-bucket.ts';

const SECOND = 1_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;

/** The rates for people. A key is what the line names: a user, a user and a room, or an address. */
export const RATES = {
  /** A fast typist in a lively room. */
  sendInRoom: { uses: 1, periodMs: SECOND, burst: 10 },
  /** Over all rooms. */
  send: { uses: 2, periodMs: SECOND, burst: 30 },
  /** Edits, deletions, pins. */
  change: { uses: 1, periodMs: SECOND, burst: 10 },
  reaction: { uses: 5, periodMs: SECOND, burst: 15 },
  /** Pages of history, while a person scrolls. */
  history: { uses: 10, periodMs: SECOND, burst: 40 },
  search: { uses: 10, periodMs: MINUTE, burst: 30 },
  join: { uses: 30, periodMs: MINUTE, burst: 60 },
  createRoom: { uses: 10, periodMs: HOUR, burst: 10 },
  openDirect: { uses: 30, periodMs: HOUR, burst: 30 },
  invite: { uses: 20, periodMs: HOUR, burst: 20 },
  profile: { uses: 6, periodMs: MINUTE, burst: 10 },
  moderate: { uses: 1, periodMs: SECOND, burst: 30 },
  /** By address and by user: 40 bits of code are beyond guessing at this pace. */
  codeLookup: { uses: 10, periodMs: MINUTE, burst: 20 },
  /** By address. */
  login: { uses: 20, periodMs: MINUTE, burst: 20 },
  /** By user name: slows a guesser without locking the owner out for long. */
  loginName: { uses: 5, periodMs: MINUTE, burst: 10 },
  /** By address; a guest costs no password hash. */
  guest: { uses: 20, periodMs: MINUTE, burst: 40 },
  /** By address. */
  register: { uses: 5, periodMs: HOUR, burst: 5 },
  refresh: { uses: 60, periodMs: MINUTE, burst: 60 },
} as const satisfies Readonly<Record<string, Rate>>;

/** Name of a rate. */
export type RateName = keyof typeof RATES;

/** Counts uses against the rates. */
export interface RateLimits {
  /** Takes one use, or RATE_LIMITED with the time to wait. */
  take(rate: RateName, key: string): Outcome<null>;
}

/** Limits of this process. `on` false lets everything pass, for measurements. */
export function createRateLimits(clock: Clock, on: boolean): RateLimits {
  const buckets = new Map(
    Object.entries(RATES).map(([name, rate]) => [name, new TokenBuckets(clock, rate)]),
  );
  return {
    take(rate, key) {
      const waitMs = on ? (buckets.get(rate)?.take(key) ?? 0) : 0;
      return waitMs === 0 ? accept(null) : refuse('RATE_LIMITED', { retryAfterMs: waitMs });
    },
  };
}
