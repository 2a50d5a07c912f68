/** Time and one-shot timers; tests pass a manual clock. */
export interface Clock {
  /** Milliseconds of the wall clock, for display only. */
  nowMs(): number;
  /** Monotonic milliseconds; only differences mean something. */
  monotonicMs(): number;
  /** Runs the task once after the delay; the answer cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

/** The clock of the platform. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
