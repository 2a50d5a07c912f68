import type { Metadata } from '@grpc/grpc-js';

/** How an upstream call ended. */
export interface UpstreamStatus {
  readonly code: number;
  /** Text of the status; may leak addresses when `madeLocally`. */
  readonly details: string;
  readonly metadata: Metadata;
  /** The gRPC library made it, not the service. */
  readonly madeLocally: boolean;
  /** The service certainly never saw the call. */
  readonly notProcessed: boolean;
}

/** What an upstream call tells. Order: headers?, messages, ended. `onEnded` comes exactly once and last, unless cancelled: then nothing comes any more. */
export interface UpstreamHandlers {
  onHeaders(metadata: Metadata): void;
  /** Also while paused, for what was under way. The bytes belong to the receiver. */
  onMessage(bytes: Uint8Array): void;
  onEnded(status: UpstreamStatus): void;
}

/** One call of any of the four kinds, in serialized messages. */
export interface UpstreamCall {
  /** Sends a message; `onConsumed` is called when the transport has taken it. */
  write(bytes: Uint8Array, onConsumed: () => void): void;
  /** Half-close. */
  end(): void;
  cancel(): void;
  pause(): void;
  resume(): void;
}

export interface UpstreamRequest {
  /** Without the leading slash. */
  readonly path: string;
  readonly metadata: Metadata;
  /** From now; undefined = none. */
  readonly timeoutMs: number | undefined;
}

/** Opens a call; throws ProtocolError OVERLOADED when the pool has no free stream. */
export type OpenUpstreamCall = (
  request: UpstreamRequest,
  handlers: UpstreamHandlers,
) => UpstreamCall;
