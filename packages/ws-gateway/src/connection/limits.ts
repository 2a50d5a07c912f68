import { LIMITS } from '@chat/protocol';
import type { OutboxLimits } from './outbox.ts';
import type { BucketRate } from './token-bucket.ts';

/** What one connection may do. All of it can be set; clients are told in Welcome. */
export interface ConnectionLimits extends OutboxLimits {
  readonly maxFrameBytes: number;
  readonly maxConcurrentCalls: number;
  readonly helloTimeoutMs: number;
  readonly heartbeatMs: number;
  readonly maxMissedPongs: number;
  readonly maxPipelinedFrames: number;
  readonly maxPipelinedBytes: number;
  readonly maxFlowViolations: number;
  readonly callStarts: BucketRate;
  /** Messages of calls that the edge serves: chat commands. */
  readonly edgeMessages: BucketRate;
  /** Frames of any kind. */
  readonly frames: BucketRate;
  /** WebSocket pings and pongs. */
  readonly controlFrames: BucketRate;
  /** Requests that the gateway itself had to refuse as malformed. */
  readonly clientFaults: BucketRate;
  /** A WebSocket message must be complete within this time. */
  readonly messageTimeoutMs: number;
  /** A connection is drained after this long; spreads restarts. */
  readonly maxConnectionAgeMs: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = Object.freeze({
  maxFrameBytes: LIMITS.maxFrameBytes,
  maxConcurrentCalls: LIMITS.maxConcurrentCalls,
  helloTimeoutMs: LIMITS.helloTimeoutMs,
  heartbeatMs: LIMITS.heartbeatMs,
  maxMissedPongs: LIMITS.maxMissedPongs,
  maxPipelinedFrames: LIMITS.maxPipelinedFrames,
  maxPipelinedBytes: LIMITS.maxPipelinedBytes,
  maxFlowViolations: LIMITS.maxFlowViolations,
  maxOutboxBytes: LIMITS.maxOutboxBytes,
  maxOutboxFrames: LIMITS.maxOutboxFrames,
  slowReaderMs: LIMITS.slowReaderMs,
  // A page load opens a handful of calls; a script that opens more is slowed, not cut.
  callStarts: { perSecond: 50, burst: 100 },
  // Nobody types faster; a reconnect with many rooms fits into the burst.
  edgeMessages: { perSecond: 20, burst: 60 },
  // Credits and uploads of a busy client stay far below; a flood of tiny frames does not.
  frames: { perSecond: 2_000, burst: 4_000 },
  // Browsers send none; libraries ping every few seconds.
  controlFrames: { perSecond: 10, burst: 20 },
  // A developer at a console stays below; a fuzzer is cut.
  clientFaults: { perSecond: 1, burst: 60 },
  messageTimeoutMs: 30_000,
  maxConnectionAgeMs: 86_400_000,
});
