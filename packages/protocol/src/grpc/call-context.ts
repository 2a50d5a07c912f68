import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { ProtocolError } from '../protocol-error.ts';
import { bearerToken, checkMetadata } from './metadata.ts';

/** The parts of a grpc-js server call that all four kinds share. */
export type ServerCall = Pick<
  ServerUnaryCall<Buffer, Buffer>,
  'cancelled' | 'metadata' | 'getPeer' | 'getDeadline' | 'sendMetadata'
> & { on(event: 'cancelled', listener: () => void): unknown };

/** What a handler knows about its call besides the request. */
export interface CallContext {
  /** "chat.v1.RoomService/CreateRoom". */
  readonly path: string;
  readonly metadata: Metadata;
  /** The caller's token; not checked. */
  readonly token: string | undefined;
  /** Address of the peer. */
  readonly peer: string;
  /** Aborted when the caller is gone, the deadline has passed, or the stream was cut. */
  readonly signal: AbortSignal;
  /** Sends response metadata; before the first message. */
  sendHeaders(metadata: Metadata): void;
}

/** A context and the means to abort it. */
export interface OwnedCallContext extends CallContext {
  abort(reason: ProtocolError): void;
}

/** Checks the metadata of a call and makes its context. Throws ProtocolError TOO_LARGE or UNAUTHENTICATED. */
export function createCallContext(path: string, call: ServerCall): OwnedCallContext {
  checkMetadata(call.metadata);
  const controller = new AbortController();
  call.on('cancelled', () => controller.abort(new ProtocolError('CANCELLED')));
  return {
    path,
    metadata: call.metadata,
    token: bearerToken(call.metadata),
    peer: call.getPeer(),
    signal: controller.signal,
    sendHeaders: (metadata) => call.sendMetadata(metadata),
    abort: (reason) => controller.abort(reason),
  };
}

/** Milliseconds a unary call may take: what the caller asked for, at most `maxMs`, else `defaultMs`. */
export function unaryTimeoutMs(
  deadline: Date | number,
  nowMs: number,
  defaultMs: number,
  maxMs: number,
): number {
  const deadlineMs = typeof deadline === 'number' ? deadline : deadline.getTime();
  if (!Number.isFinite(deadlineMs)) return defaultMs;
  return Math.max(0, Math.min(deadlineMs - nowMs, maxMs));
}
