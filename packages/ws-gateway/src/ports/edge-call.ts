import type { GateSession } from './session-gate.ts';

/** Durable frames arrive or the sender is told; ephemeral ones may be replaced or dropped. */
export type Lane = 'durable' | 'ephemeral';

/** Name of a codec; part of the key under which a built frame may be shared. */
export type CodecName = 'proto' | 'json';

/**
 * What became of a frame.
 * `queued`: it is on its way. `blocked`: the client's window is used up, `onCredit` follows.
 * `full`: the socket is slow and the outbox has no room, `onWritable` follows.
 * `dropped`: an ephemeral frame was given up. `ended`: the call is over.
 */
export type SendResult = 'queued' | 'blocked' | 'full' | 'dropped' | 'ended';

/** End of a call as the gateway makes it. */
export interface EdgeStatus {
  /** gRPC status code. */
  readonly code: number;
  /** Text that clients may see. */
  readonly message: string;
}

/** One open call of a client that is served inside the gateway. */
export interface EdgeCall {
  readonly callId: number;
  readonly codec: CodecName;
  readonly connectionId: string;
  /** The object that SessionGate.open gave for this socket: a key for the owner's own state. */
  readonly session: GateSession;
  /** True when messages of the durable lane would be queued now. */
  readonly writable: boolean;
  /** Sends one serialized response message; it is translated when the client speaks JSON. */
  sendMessage(message: Uint8Array, lane: Lane, coalesceKey: string | undefined): SendResult;
  /** Sends a frame of `buildMessageFrame` for this call's codec and id. The buffer may be shared. */
  sendShared(frame: Buffer, lane: Lane, coalesceKey: string | undefined): SendResult;
  /** Ends the call after everything queued; nothing may be sent afterwards. */
  sendStatus(status: EdgeStatus): void;
}

/** What the gateway tells the owner of an edge call. None is called after `onClosed`. */
export interface EdgeCallHandlers {
  /** One serialized request message, protobuf for both codecs. Its window is given back by the gateway. */
  onMessage(message: Uint8Array): void;
  /** Half-close. */
  onEnd(): void;
  /** The window is above 0 again. */
  onCredit(): void;
  /** The outbox has room again after `full`. */
  onWritable(): void;
  /** The call is over: ended (cancelled, or after sendStatus), or gone with its socket. Called exactly once. */
  onClosed(why: 'ended' | 'socketGone'): void;
}

/** Opens a call at the edge. May throw ProtocolError: the call ends with its status. */
export type OpenEdgeCall = (call: EdgeCall) => EdgeCallHandlers;
