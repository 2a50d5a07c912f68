/** WebSocket opcodes of data frames. */
export const OPCODE = { text: 0x1, binary: 0x2 } as const;
export type Opcode = (typeof OPCODE)[keyof typeof OPCODE];

const FIN = 0x80;
const MAX_7_BIT_LENGTH = 125;
const MAX_16_BIT_LENGTH = 0xffff;

/** Bytes of the header of an unmasked (server) frame. */
export function websocketHeaderBytes(payloadBytes: number): number {
  if (payloadBytes <= MAX_7_BIT_LENGTH) return 2;
  return payloadBytes <= MAX_16_BIT_LENGTH ? 4 : 10;
}

/** Writes the header of an unmasked, unfragmented frame; returns the offset of its payload. */
export function writeWebsocketHeader(target: Buffer, opcode: Opcode, payloadBytes: number): number {
  target[0] = FIN | opcode;
  if (payloadBytes <= MAX_7_BIT_LENGTH) {
    target[1] = payloadBytes;
    return 2;
  }
  if (payloadBytes <= MAX_16_BIT_LENGTH) {
    target[1] = 126;
    target.writeUInt16BE(payloadBytes, 2);
    return 4;
  }
  target[1] = 127;
  target.writeUInt32BE(Math.floor(payloadBytes / 2 ** 32), 2);
  target.writeUInt32BE(payloadBytes >>> 0, 6);
  return 10;
}

/** A whole frame around a payload. */
export function websocketFrame(opcode: Opcode, payload: Uint8Array | string): Buffer {
  const payloadBytes = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
  const frame = Buffer.allocUnsafe(websocketHeaderBytes(payloadBytes) + payloadBytes);
  const offset = writeWebsocketHeader(frame, opcode, payloadBytes);
  if (typeof payload === 'string') frame.write(payload, offset);
  else frame.set(payload, offset);
  return frame;
}

/** Payload length of a frame built here. */
export function websocketPayloadBytes(frame: Buffer): number {
  const short = frame[1];
  if (short === 126) return frame.length - 4;
  return frame.length - (short === 127 ? 10 : 2);
}
