import { ClientFrame, ServerFrame } from '../gen/bridge/v1/bridge.ts';
import { ProtocolError } from '../protocol-error.ts';
import { checkWire } from '../strict/check-wire.ts';
import { decodeFastFrame, type FastFrame } from './fast-frame.ts';

/**
 * Reads a frame that a client sent: hostile until proved otherwise. Throws ProtocolError BAD_FIELD,
 * TOO_MANY or TOO_DEEP. `message` is a view into `bytes`.
 */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  const fast = decodeFastFrame(bytes);
  if (fast) return { ...EMPTY_CLIENT_FRAME, ...parts(fast) };
  checkWire('bridge.v1.ClientFrame', bytes);
  return ClientFrame.decode(bytes);
}

/** Reads a frame that a gateway sent. Throws ProtocolError BAD_FIELD. `message` is a view into `bytes`. */
export function decodeServerFrame(bytes: Uint8Array): ServerFrame {
  const fast = decodeFastFrame(bytes);
  if (fast) return { ...EMPTY_SERVER_FRAME, ...parts(fast) };
  try {
    return ServerFrame.decode(bytes);
  } catch (cause) {
    throw new ProtocolError('BAD_FIELD', { message: 'unreadable frame', cause });
  }
}

/** Writes a frame of a client; absent parts stay absent. */
export function encodeClientFrame(frame: Partial<ClientFrame>): Uint8Array {
  return ClientFrame.encode({ ...EMPTY_CLIENT_FRAME, ...frame }).finish();
}

/** Writes a frame of a gateway; absent parts stay absent. */
export function encodeServerFrame(frame: Partial<ServerFrame>): Uint8Array {
  return ServerFrame.encode({ ...EMPTY_SERVER_FRAME, ...frame }).finish();
}

const EMPTY_CLIENT_FRAME: ClientFrame = Object.freeze({
  callId: 0,
  control: undefined,
  start: undefined,
  message: undefined,
  body: undefined,
  end: false,
  cancel: undefined,
  credit: 0,
});

const EMPTY_SERVER_FRAME: ServerFrame = Object.freeze({
  callId: 0,
  control: undefined,
  headers: undefined,
  message: undefined,
  body: undefined,
  status: undefined,
  credit: 0,
});

function parts(fast: FastFrame) {
  const { callId } = fast;
  return fast.kind === 'message'
    ? { callId, message: fast.message }
    : { callId, credit: fast.credit };
}
