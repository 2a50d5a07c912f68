import type { Timestamp } from './gen/google/protobuf/timestamp.ts';

/** Milliseconds since 1970 as a wire timestamp; parts of a millisecond are cut off. */
export function toTimestamp(epochMs: number): Timestamp {
  const seconds = Math.floor(epochMs / 1000);
  return { seconds: BigInt(seconds), nanos: Math.floor(epochMs - seconds * 1000) * 1_000_000 };
}

/** A wire timestamp in milliseconds since 1970; 0 when absent. */
export function fromTimestamp(timestamp: Timestamp | undefined): number {
  if (timestamp === undefined) return 0;
  return Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1_000_000);
}
