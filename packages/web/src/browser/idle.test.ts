import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { IDLE_AFTER_MS, watchIdle } from './idle.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('[UX11] five minutes without a sign are away, the next sign is back', () => {
  const page = new EventTarget();
  const told: boolean[] = [];
  const stop = watchIdle(page, (idle) => told.push(idle));
  jest.advanceTimersByTime(IDLE_AFTER_MS - 1_000);
  page.dispatchEvent(new Event('keydown'));
  jest.advanceTimersByTime(IDLE_AFTER_MS - 1);
  expect(told).toEqual([]);
  jest.advanceTimersByTime(1);
  expect(told).toEqual([true]);
  page.dispatchEvent(new Event('pointermove'));
  expect(told).toEqual([true, false]);
  jest.advanceTimersByTime(IDLE_AFTER_MS);
  expect(told).toEqual([true, false, true]);
  stop();
  page.dispatchEvent(new Event('pointermove'));
  expect(told).toEqual([true, false, true]);
});
