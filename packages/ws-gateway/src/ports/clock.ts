/** Cancels a timer; a second call does nothing. */
export type CancelTimer = () => void;

/** Monotonic time and one-shot timers. Tests pass a manual twin. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  nowMs(): number;
  /** Runs the task once after the delay unless cancelled. */
  after(delayMs: number, task: () => void): CancelTimer;
  /** Runs the task once at the end of this turn of the event loop. */
  soon(task: () => void): void;
}

/** The process clock. Timers do not keep the process alive. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon(task) {
    setImmediate(task);
  },
};
