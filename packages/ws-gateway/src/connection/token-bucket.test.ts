import { expect, test } from '@jest/globals';
import { StrikeBucket, TokenBucket } from './token-bucket.ts';

test('[LIM1] a bucket gives its burst, then its rate, and says how long to wait', () => {
  const bucket = new TokenBucket({ perSecond: 10, burst: 3 }, 0);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 0]);
  expect(bucket.take(0)).toBe(100);
  expect(bucket.take(99)).toBe(1);
  expect(bucket.take(100)).toBe(0);
  expect(bucket.take(100_000)).toBe(0);
});

test('[LIM1] the third strike within calm minutes is final, earlier ones drop nothing', () => {
  const bucket = new StrikeBucket({ perSecond: 1, burst: 2 }, 0);
  const takes = (count: number, atMs: number): boolean[] =>
    Array.from({ length: count }, () => bucket.allows(atMs));
  expect(takes(8, 0).every(Boolean)).toBe(true);
  expect(bucket.allows(0)).toBe(false);
  const calm = new StrikeBucket({ perSecond: 1, burst: 2 }, 0);
  for (let minute = 0; minute < 10; minute += 1) {
    for (let index = 0; index < 5; index += 1) expect(calm.allows(minute * 61_000)).toBe(true);
  }
});
