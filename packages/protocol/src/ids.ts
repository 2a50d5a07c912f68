declare const brand: unique symbol;

/** Names a room. Opaque; unique, never reused. */
export type RoomId = string & { readonly [brand]: 'RoomId' };
/** Names an account. Opaque; unique, never reused. */
export type UserId = string & { readonly [brand]: 'UserId' };
/** Names a login session. Not a secret. */
export type SessionId = string & { readonly [brand]: 'SessionId' };
/** Place of an entry in its room: 0 = before the first entry, then 1, 2, 3, ... A safe integer. */
export type Seq = number & { readonly [brand]: 'Seq' };

/** Form of every id the server gives out. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
/** Form of client_message_id and request_id, chosen by clients. */
export const CLIENT_MESSAGE_ID_PATTERN = /^[A-Za-z0-9_-]{8,64}$/;

/** The room id, or undefined when the text cannot be one. */
export function parseRoomId(text: string): RoomId | undefined {
  // The pattern is what the brand stands for.
  return ID_PATTERN.test(text) ? (text as RoomId) : undefined;
}

/** The user id, or undefined when the text cannot be one. */
export function parseUserId(text: string): UserId | undefined {
  return ID_PATTERN.test(text) ? (text as UserId) : undefined;
}

/** The session id, or undefined when the text cannot be one. */
export function parseSessionId(text: string): SessionId | undefined {
  return ID_PATTERN.test(text) ? (text as SessionId) : undefined;
}

/** The seq of a wire number, or undefined when it is negative or beyond 2^53 - 1. */
export function parseSeq(wire: bigint): Seq | undefined {
  // The range is what the brand stands for.
  return wire >= 0n && wire <= 9_007_199_254_740_991n ? (Number(wire) as Seq) : undefined;
}

/** The wire form of a seq. Throws RangeError when it is not a whole number. */
export function toWireSeq(seq: number): bigint {
  return BigInt(seq);
}
