import type { bridge } from '@chat/protocol';
import type { CodecName } from '../ports/edge-call.ts';
import type { BridgeMethod } from '../ports/router.ts';

/** A request message as it stood in the frame: bytes (proto) or a parsed JSON value. Only the codec looks inside. */
export interface RequestPayload {
  readonly payload: unknown;
}

/** One frame of the client, checked for form: parts that may not stand together do not. */
export interface InboundFrame {
  readonly callId: number;
  readonly control: bridge.ClientFrame['control'];
  readonly start: bridge.CallStart | undefined;
  readonly message: RequestPayload | undefined;
  readonly end: boolean;
  readonly cancel: bridge.Cancel | undefined;
  readonly credit: number;
  /** Size of the WebSocket message. */
  readonly bytes: number;
}

/** A response message and the method whose type it has. */
export interface ResponsePayload {
  readonly method: BridgeMethod;
  readonly bytes: Uint8Array;
}

/** Parts of one frame to the client. */
export interface OutboundFrame {
  readonly callId: number;
  readonly control?: bridge.ServerFrame['control'];
  readonly headers?: readonly bridge.Header[] | undefined;
  readonly message?: ResponsePayload | undefined;
  readonly status?: bridge.Status | undefined;
}

/** One of the two encodings of `bridge.v1` frames. Stateless; shared by all connections. */
export interface FrameCodec {
  readonly name: CodecName;
  /** Whether its WebSocket messages are binary. */
  readonly binary: boolean;
  /** Reads one WebSocket message; throws FrameFault. */
  decode(data: Buffer): InboundFrame;
  /** A ready WebSocket frame. */
  encode(frame: OutboundFrame): Buffer;
  /** Serialized request message; throws ProtocolError with the path of the faulty field. */
  requestBytes(method: BridgeMethod, message: RequestPayload): Uint8Array;
  /** The ready WebSocket frame of a response message; throws when an upstream's bytes are not of the type. */
  messageFrame(callId: number, method: BridgeMethod, bytes: Uint8Array): Buffer;
}

/** A frame that no compliant client sends; the socket closes with the code and the rule's name. */
export class FrameFault extends Error {
  readonly closeCode: number;
  readonly rule: string;

  constructor(rule: string, closeCode = 4501) {
    super(rule);
    this.name = 'FrameFault';
    this.rule = rule;
    this.closeCode = closeCode;
  }
}
