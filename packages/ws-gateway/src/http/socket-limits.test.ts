import { expect, test } from '@jest/globals';
import { createSocketLimits } from './socket-limits.ts';

const limits = () =>
  createSocketLimits({
    maxSocketsPerAddress: 2,
    maxSockets: 3,
    handshakesPerSecond: 10,
    handshakeBurst: 4,
    maxHandshakesPerSecond: 500,
  });

test('[W18] the sockets of one address and of the process are bounded, a freed place can be taken', () => {
  const counts = limits();
  const first = counts.take('a', 0);
  counts.take('a', 0);
  expect(counts.take('a', 0)).toEqual({ status: 429, reason: 'TOO_MANY_SOCKETS' });
  counts.take('b', 0);
  expect(counts.take('c', 0)).toEqual({ status: 503, reason: 'TOO_MANY_SOCKETS' });
  if (typeof first !== 'function') throw new Error('refused');
  first();
  first();
  expect(counts.openSockets).toBe(2);
  expect(typeof counts.take('a', 0)).toBe('function');
});

test('handshakes of one address are limited in time', () => {
  const counts = limits();
  const tryOnce = (nowMs: number): boolean => {
    const place = counts.take('a', nowMs);
    if (typeof place !== 'function') return false;
    place();
    return true;
  };
  expect([0, 0, 0, 0, 0].map(tryOnce)).toEqual([true, true, true, true, false]);
  expect(tryOnce(100)).toBe(true);
  expect(tryOnce(150)).toBe(false);
});
