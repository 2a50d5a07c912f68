import type { bridge } from '@chat/protocol';
import type { FrameCodec, InboundFrame } from '../codec/frame-codec.ts';

/** What a call needs from its connection. */
export interface CallSink {
  readonly codec: FrameCodec;
  /** True while the outbox takes response messages. After false, `onWritable` follows. */
  writable(): boolean;
  /** Queues a ready WebSocket frame that must arrive. */
  send(frame: Buffer): void;
  /**
   * Queues an ephemeral frame; it replaces a queued one of the same key, which is returned.
   * `dropped` = the outbox is half full.
   */
  sendEphemeral(
    callId: number,
    key: string | undefined,
    frame: Buffer,
  ): Buffer | 'queued' | 'dropped';
  /** Drops what is still queued of a call's ephemeral frames: nothing may follow its status. */
  forgetEphemeral(callId: number): void;
  /** The call is over with this status; undefined = the socket was lost. */
  callEnded(callId: number, status: bridge.Status | undefined): void;
  /** The client sent more than it was granted. */
  flowViolation(): void;
}

/** One open call of a connection, whoever serves it. */
export interface BridgedCall {
  /** Message, end, cancel and credit of one frame, in this order. */
  onFrame(frame: InboundFrame): void;
  /** The outbox takes messages again. */
  onWritable(): void;
  /** The socket is gone. */
  onSocketLost(): void;
}

/** Why a bridged call ended unusually, for the log. */
export interface CallFault {
  readonly callId: number;
  readonly method: string;
  readonly faultId: string;
  readonly cause: unknown;
}
