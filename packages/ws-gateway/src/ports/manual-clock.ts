import type { Clock } from './clock.ts';

interface ManualTimer {
  readonly dueMs: number;
  readonly task: () => void;
}

/** A clock that moves only when told to; `soon` tasks run in `flush`. */
export interface ManualClock extends Clock {
  /** Runs everything that `soon` has gathered, also what those tasks add. */
  flush(): void;
  /** Moves time forward, running due timers in order and flushing after each. */
  advance(ms: number): void;
  /** Timers that are still pending. */
  readonly pendingTimers: number;
}

/** Makes a clock at 0 ms. */
export function createManualClock(): ManualClock {
  let nowMs = 0;
  const timers = new Set<ManualTimer>();
  let soonTasks: (() => void)[] = [];

  const flush = (): void => {
    while (soonTasks.length > 0) {
      const tasks = soonTasks;
      soonTasks = [];
      for (const task of tasks) task();
    }
  };

  const nextDue = (untilMs: number): ManualTimer | undefined => {
    let next: ManualTimer | undefined;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  };

  return {
    nowMs: () => nowMs,
    after(delayMs, task) {
      const timer = { dueMs: nowMs + delayMs, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    soon(task) {
      soonTasks.push(task);
    },
    flush,
    advance(ms) {
      const untilMs = nowMs + ms;
      flush();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.task();
        flush();
      }
      nowMs = untilMs;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}
