import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { createManualTime } from '../live/manual-timers.ts';
import { createRateLimits, RATES } from './rate-limits.ts';
import { TokenBuckets } from './token-bucket.ts';

describe('TokenBuckets', () => {
  test('gives the burst, then one for each step, and says how long to wait', () => {
    const time = createManualTime();
    const buckets = new TokenBuckets(time, { uses: 2, periodMs: 1_000, burst: 3 });
    expect([1, 2, 3].map(() => buckets.take('a'))).toEqual([0, 0, 0]);
    expect(buckets.take('a')).toBe(500);
    expect(buckets.take('b')).toBe(0);
    time.advance(499);
    expect(buckets.take('a')).toBe(1);
    time.advance(1);
    expect(buckets.take('a')).toBe(0);
    expect(buckets.take('a')).toBe(500);
  });

  test('in any window no more than burst + rate × time passes, and waiting as told always helps', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 200 }), (steps) => {
        const time = createManualTime();
        const buckets = new TokenBuckets(time, { uses: 4, periodMs: 1_000, burst: 5 });
        let passed = 0;
        for (const step of steps) {
          time.advance(step);
          const waitMs = buckets.take('a');
          if (waitMs === 0) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(5 + time.monotonicMs() / 250);
        time.advance(buckets.take('a'));
        expect(buckets.take('a')).toBeLessThanOrEqual(250);
      }),
      { seed: 11 },
    );
  });

  test('[G13] keys are bounded', () => {
    const time = createManualTime();
    const buckets = new TokenBuckets(time, { uses: 1, periodMs: 3_600_000, burst: 1 });
    buckets.take('first');
    for (let index = 0; index < 100_000; index += 1) buckets.take(`key ${index}`);
    expect(buckets.take('first')).toBe(0); // forgotten, not remembered for ever
  });
});

test('limits refuse with the time to wait, and pass everything when off', () => {
  const time = createManualTime();
  const on = createRateLimits(time, true);
  const off = createRateLimits(time, false);
  for (let index = 0; index < RATES.createRoom.burst; index += 1) on.take('createRoom', 'a');
  expect(on.take('createRoom', 'a')).toEqual({
    ok: false,
    error: { code: 'RATE_LIMITED', field: undefined, retryAfterMs: 360_000 },
  });
  expect(on.take('createRoom', 'b').ok).toBe(true);
  for (let index = 0; index < 100; index += 1) expect(off.take('createRoom', 'a').ok).toBe(true);
});
