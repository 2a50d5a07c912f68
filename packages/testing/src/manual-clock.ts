/** A clock that moves only when told to. Fits every clock port of the workspace. */
export interface ManualClock {
  /** Wall clock: milliseconds since 1970, or since 0 when no start was given. */
  nowMs(): number;
  /** Milliseconds since the clock was made; a step of the wall clock does not touch it. */
  monotonicMs(): number;
  /** Runs the task once after the delay; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Runs the task in the next `flush` (also at the end of every step of `advance`). */
  soon(task: () => void): void;
  /** Runs everything that `soon` has gathered, also what those tasks add. */
  flush(): void;
  /** Moves time forward: due timers run in order, each at its own time. */
  advance(ms: number): void;
  /** Like `advance`, but gives promises their turn between timers. */
  advanceAsync(ms: number): Promise<void>;
  /** Steps the wall clock only, as an administrator would. */
  stepWall(ms: number): void;
  /** Timers that are still pending. */
  readonly pendingTimers: number;
}

interface Timer {
  readonly dueMs: number;
  readonly order: number;
  readonly task: () => void;
}

const MAX_SOON_ROUNDS = 100_000;

/** Makes a clock. `startMs` is the wall clock at the beginning. */
export function createManualClock(options: { readonly startMs?: number } = {}): ManualClock {
  let elapsedMs = 0;
  let wallOffsetMs = options.startMs ?? 0;
  let order = 0;
  let soonTasks: (() => void)[] = [];
  const timers = new Set<Timer>();

  const flush = (): void => {
    for (let round = 0; soonTasks.length > 0; round += 1) {
      if (round > MAX_SOON_ROUNDS) throw new Error('soon tasks never end');
      const tasks = soonTasks;
      soonTasks = [];
      for (const task of tasks) task();
    }
  };

  const nextDue = (untilMs: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.dueMs > untilMs) continue;
      if (
        next === undefined ||
        timer.dueMs < next.dueMs ||
        (timer.dueMs === next.dueMs && timer.order < next.order)
      ) {
        next = timer;
      }
    }
    return next;
  };

  const runNext = (untilMs: number): boolean => {
    flush();
    const timer = nextDue(untilMs);
    if (timer === undefined) return false;
    timers.delete(timer);
    elapsedMs = Math.max(elapsedMs, timer.dueMs);
    timer.task();
    flush();
    return true;
  };

  return {
    nowMs: () => wallOffsetMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    after(delayMs, task) {
      const timer = { dueMs: elapsedMs + Math.max(0, delayMs), order: order++, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    soon(task) {
      soonTasks.push(task);
    },
    flush,
    advance(ms) {
      const untilMs = elapsedMs + ms;
      while (runNext(untilMs));
      elapsedMs = untilMs;
    },
    async advanceAsync(ms) {
      const untilMs = elapsedMs + ms;
      do {
        await turn();
      } while (runNext(untilMs));
      elapsedMs = untilMs;
      await turn();
    },
    stepWall(ms) {
      wallOffsetMs += ms;
    },
    get pendingTimers() {
      return timers.size;
    },
  };
}

/** One turn of the event loop: every promise that can settle has settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
