import { expect, test } from '@jest/globals';
import { createAddressBuckets } from './address-buckets.ts';

test('each address has its own rate and burst', () => {
  const buckets = createAddressBuckets({ perSecond: 10, burst: 2 });
  expect([0, 0, 0].map((nowMs) => buckets.take('a', nowMs))).toEqual([true, true, false]);
  expect(buckets.take('b', 0)).toBe(true);
  expect(buckets.take('a', 99)).toBe(false);
  expect(buckets.take('a', 100)).toBe(true);
});

test('memory is bounded: only full buckets are forgotten, then strangers wait', () => {
  const buckets = createAddressBuckets({ perSecond: 1, burst: 1 }, 2);
  expect(buckets.take('a', 0)).toBe(true);
  expect(buckets.take('b', 500)).toBe(true);
  expect(buckets.take('c', 900)).toBe(false);
  expect(buckets.take('c', 1000)).toBe(true);
  expect(buckets.take('b', 1100)).toBe(false);
  expect(buckets.size).toBe(2);
});
