import { expect, test } from '@jest/globals';
import { createManualClock } from './manual-clock.ts';

test('timers run in the order of their time, each at its own time', () => {
  const clock = createManualClock({ startMs: 1_000 });
  const seen: string[] = [];
  clock.after(20, () => seen.push(`b@${clock.nowMs()}`));
  clock.after(10, () => {
    seen.push(`a@${clock.nowMs()}`);
    clock.after(5, () => seen.push(`c@${clock.nowMs()}`));
  });
  const cancel = clock.after(12, () => seen.push('never'));
  cancel();
  clock.advance(30);
  expect(seen).toEqual(['a@1010', 'c@1015', 'b@1020']);
  expect(clock.monotonicMs()).toBe(30);
  expect(clock.pendingTimers).toBe(0);
});

test('a step of the wall clock leaves monotonic time and timers alone', () => {
  const clock = createManualClock();
  let ran = false;
  clock.after(10, () => {
    ran = true;
  });
  clock.stepWall(-3_600_000);
  expect([clock.nowMs(), clock.monotonicMs(), ran]).toEqual([-3_600_000, 0, false]);
  clock.advance(10);
  expect(ran).toBe(true);
});

test('advanceAsync lets promises settle between timers', async () => {
  const clock = createManualClock();
  const seen: number[] = [];
  const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
  const loop = (async () => {
    for (let round = 0; round < 3; round += 1) {
      await sleep(10);
      seen.push(clock.nowMs());
    }
  })();
  await clock.advanceAsync(30);
  await loop;
  expect(seen).toEqual([10, 20, 30]);
});
