/** Waits. Real in the server, moved by hand in tests. */
export interface Timers {
  /** Calls once after the time; the returned function takes it back. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls again and again; the returned function ends it. */
  every(intervalMs: number, call: () => void): () => void;
}

/** Timers of the process. None of them keeps it alive. */
export const systemTimers: Timers = {
  after(delayMs, call) {
    const timer = setTimeout(call, delayMs).unref();
    return () => clearTimeout(timer);
  },
  every(intervalMs, call) {
    const timer = setInterval(call, intervalMs).unref();
    return () => clearInterval(timer);
  },
};
