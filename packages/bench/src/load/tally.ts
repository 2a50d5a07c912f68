import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** What the receivers of one run have seen. */
export interface Tally {
  deliveries: number;
  /** From the time a message was due to its arrival, in µs; of the sampled receivers. */
  readonly delivery: RecordableHistogram;
  /** From the time a message was due to its acknowledgement, in µs. */
  readonly ack: RecordableHistogram;
  acks: number;
  failures: number;
  /** Why the first of them failed. */
  firstFailure: string | undefined;
}

/** An empty tally. */
export function createTally(): Tally {
  return {
    deliveries: 0,
    delivery: createHistogram(),
    ack: createHistogram(),
    acks: 0,
    failures: 0,
    firstFailure: undefined,
  };
}

/** Records a latency; what is below a microsecond counts as one. */
export function record(histogram: RecordableHistogram, dueMs: number): void {
  histogram.record(Math.max(1, Math.round((performance.now() - dueMs) * 1000)));
}

/** Counts something that was refused or lost. */
export function fail(tally: Tally, reason: string): void {
  tally.failures += 1;
  tally.firstFailure ??= reason;
}

/** p50 and p99 in milliseconds; 0 when nothing was recorded. */
export function percentiles(histogram: RecordableHistogram): {
  readonly p50Ms: number;
  readonly p99Ms: number;
} {
  if (histogram.count === 0) return { p50Ms: 0, p99Ms: 0 };
  return { p50Ms: histogram.percentile(50) / 1000, p99Ms: histogram.percentile(99) / 1000 };
}

/** A message text of 100 bytes that tells when it was due. */
export function dueText(dueMs: number): string {
  return `due=${dueMs.toFixed(3)};`.padEnd(100, '.');
}

const MARK = Buffer.from('due=');

/** When the message inside these bytes was due; undefined when there is none. */
export function dueOf(buffer: Buffer, start: number, end: number): number | undefined {
  const at = buffer.indexOf(MARK, start);
  if (at < 0 || at >= end) return undefined;
  const stop = buffer.indexOf(0x3b, at);
  return stop < 0 ? undefined : Number(buffer.toString('latin1', at + MARK.length, stop));
}
