import { setTimeout as delay } from 'node:timers/promises';

/** Publishes at a fixed rate whatever the system answers, so that a stall shows as latency and not as fewer messages. */
export interface OpenLoop {
  readonly messagesPerSecond: number;
  readonly durationMs: number;
  /** `dueMs` is on the clock of performance.now(). */
  readonly publish: (index: number, dueMs: number) => void;
}

/** Runs the loop; resolves with the number of messages and the worst delay of the loop itself. */
export async function runOpenLoop(
  loop: OpenLoop,
): Promise<{ readonly sent: number; readonly worstLagMs: number }> {
  const startMs = performance.now();
  const intervalMs = 1000 / loop.messagesPerSecond;
  const total = Math.round(loop.durationMs / intervalMs);
  let sent = 0;
  let worstLagMs = 0;
  while (sent < total) {
    const nowMs = performance.now();
    let dueMs = startMs + sent * intervalMs;
    if (dueMs <= nowMs) worstLagMs = Math.max(worstLagMs, nowMs - dueMs);
    while (dueMs <= nowMs && sent < total) {
      loop.publish(sent, dueMs);
      sent += 1;
      dueMs = startMs + sent * intervalMs;
    }
    await delay(1);
  }
  return { sent, worstLagMs };
}

/** Waits until `isDone`, at most `timeoutMs`; answers whether it came true. */
export async function waitUntil(isDone: () => boolean, timeoutMs: number): Promise<boolean> {
  const untilMs = performance.now() + timeoutMs;
  while (!isDone()) {
    if (performance.now() > untilMs) return false;
    await delay(5);
  }
  return true;
}

/** Runs `work` for 0 … count-1, at most `parallel` at a time, and gives the results in order. */
export async function mapParallel<T>(
  count: number,
  parallel: number,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, count) }, worker));
  return results;
}
