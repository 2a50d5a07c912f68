import type { Clock } from '../ports/clock.ts';
import type { Timers } from './timers.ts';

/** Time that moves only when told to: clock and timers in one, for tests. */
export interface ManualTime extends Timers, Clock {
  /** Moves on and runs what is due, in order. */
  advance(ms: number): void;
}

/** Starts at the given wall time. */
export function createManualTime(startMs = 1_700_000_000_000): ManualTime {
  let elapsedMs = 0;
  let nextId = 0;
  const due = new Map<
    number,
    { atMs: number; readonly everyMs: number | undefined; readonly call: () => void }
  >();
  function add(delayMs: number, everyMs: number | undefined, call: () => void) {
    const id = (nextId += 1);
    due.set(id, { atMs: elapsedMs + delayMs, everyMs, call });
    return () => void due.delete(id);
  }
  function earliest(untilMs: number) {
    let found: number | undefined;
    let foundMs = untilMs;
    for (const [id, timer] of due) {
      if (timer.atMs < foundMs || (timer.atMs === foundMs && found === undefined)) {
        [found, foundMs] = [id, timer.atMs];
      }
    }
    return found;
  }
  return {
    nowMs: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after: (delayMs, call) => add(delayMs, undefined, call),
    every: (intervalMs, call) => add(intervalMs, intervalMs, call),
    advance(ms) {
      const untilMs = elapsedMs + ms;
      for (let id = earliest(untilMs); id !== undefined; id = earliest(untilMs)) {
        const timer = due.get(id);
        if (timer === undefined) break;
        elapsedMs = timer.atMs;
        if (timer.everyMs === undefined) due.delete(id);
        else timer.atMs += timer.everyMs;
        timer.call();
      }
      elapsedMs = untilMs;
    },
  };
}
