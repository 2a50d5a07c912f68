// The two frames that make up nearly all traffic, written by hand: call_id + message and
// call_id + credit. Both frame types give these fields the same numbers, so one encoder serves
// both directions. Byte-identical with the generated code (a property test holds it there).

const CALL_ID = 0x08; // field 1, varint
const MESSAGE = 0x4a; // field 9, length-delimited
const CREDIT = 0x68; // field 13, varint

// Node carves small buffers out of a pool, ten times faster than a new ArrayBuffer each; browsers have none.
const { Buffer: pool } = globalThis as { Buffer?: { allocUnsafe(bytes: number): Uint8Array } };
const allocate = (bytes: number): Uint8Array => pool?.allocUnsafe(bytes) ?? new Uint8Array(bytes);

/** What a hand-readable frame says. */
export type FastFrame =
  | { readonly kind: 'message'; readonly callId: number; readonly message: Uint8Array }
  | { readonly kind: 'credit'; readonly callId: number; readonly credit: number };

/** A frame with one message of a call, in the binary codec. */
export function encodeMessageFrame(callId: number, message: Uint8Array): Uint8Array {
  const header = messageHeaderLength(callId, message.length);
  const frame = allocate(header + message.length);
  writeMessageHeader(frame, callId, message.length);
  frame.set(message, header);
  return frame;
}

/** The bytes before the message in `encodeMessageFrame`, for writers that share one message among many sockets. */
export function encodeMessageFrameHeader(callId: number, messageBytes: number): Uint8Array {
  const header = allocate(messageHeaderLength(callId, messageBytes));
  writeMessageHeader(header, callId, messageBytes);
  return header;
}

/** A frame that grants bytes to the other side of a call. */
export function encodeCreditFrame(callId: number, credit: number): Uint8Array {
  const callIdLength = callId === 0 ? 0 : 1 + varintLength(callId);
  const creditLength = credit === 0 ? 0 : 1 + varintLength(credit);
  const frame = allocate(callIdLength + creditLength);
  const at = writeCallId(frame, callId);
  if (credit !== 0) {
    frame[at] = CREDIT;
    writeVarint(frame, at + 1, credit);
  }
  return frame;
}

/** Reads the two frames above in their only canonical form; undefined for every other frame. */
export function decodeFastFrame(frame: Uint8Array): FastFrame | undefined {
  if (frame[0] !== CALL_ID) return undefined;
  let at = 1;
  let callId = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = frame[at++];
    // A fifth byte is left to the general decoder, which knows what may stand in it.
    if (byte === undefined || shift > 21) return undefined;
    callId |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const tag = frame[at++];
  if (tag !== MESSAGE && tag !== CREDIT) return undefined;
  for (let shift = 0; ; shift += 7) {
    const byte = frame[at++];
    if (byte === undefined || shift > 21) return undefined;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  if (tag === CREDIT) {
    return at === frame.length ? { kind: 'credit', callId, credit: length } : undefined;
  }
  if (at + length !== frame.length) return undefined;
  return { kind: 'message', callId, message: frame.subarray(at) };
}

function messageHeaderLength(callId: number, messageBytes: number): number {
  return (callId === 0 ? 0 : 1 + varintLength(callId)) + 1 + varintLength(messageBytes);
}

function writeMessageHeader(frame: Uint8Array, callId: number, messageBytes: number): void {
  const at = writeCallId(frame, callId);
  frame[at] = MESSAGE;
  writeVarint(frame, at + 1, messageBytes);
}

function writeCallId(frame: Uint8Array, callId: number): number {
  // proto3: a zero is not written.
  if (callId === 0) return 0;
  frame[0] = CALL_ID;
  return writeVarint(frame, 1, callId);
}

function writeVarint(target: Uint8Array, start: number, uint32: number): number {
  let at = start;
  let rest = uint32;
  while (rest > 0x7f) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

function varintLength(uint32: number): number {
  if (uint32 < 0x80) return 1;
  if (uint32 < 0x4000) return 2;
  if (uint32 < 0x20_0000) return 3;
  return uint32 < 0x1000_0000 ? 4 : 5;
}
