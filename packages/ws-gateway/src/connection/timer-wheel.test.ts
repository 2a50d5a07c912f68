import { expect, test } from '@jest/globals';
import { createManualClock } from '../ports/manual-clock.ts';
import { createTimerWheel } from './timer-wheel.ts';

test('[HB1] each member ticks once a second on one shared timer', () => {
  const clock = createManualClock();
  const wheel = createTimerWheel(clock);
  const ticks = Array.from({ length: 25 }, () => 0);
  const removes = ticks.map((_, index) =>
    wheel.add(() => (ticks[index] = (ticks[index] ?? 0) + 1)),
  );
  expect(clock.pendingTimers).toBe(1);
  clock.advance(10_000);
  expect(ticks.every((count) => count === 10)).toBe(true);
  for (const remove of removes) {
    remove();
    remove();
  }
  expect(wheel.members).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('[HB1] a member may leave during its tick, and the wheel turns again for the next one', () => {
  const clock = createManualClock();
  const wheel = createTimerWheel(clock);
  let ticks = 0;
  const remove = wheel.add(() => {
    ticks += 1;
    remove();
  });
  clock.advance(5_000);
  expect(ticks).toBe(1);
  expect(clock.pendingTimers).toBe(0);
  const removeSecond = wheel.add(() => (ticks += 1));
  clock.advance(2_000);
  expect(ticks).toBe(3);
  removeSecond();
});
