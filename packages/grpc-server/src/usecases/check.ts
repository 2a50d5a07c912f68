import {
  CLIENT_MESSAGE_ID_PATTERN,
  checkFreeText,
  LIMITS,
  parseRoomId,
  parseSeq,
  parseUserId,
  type RoomId,
  type UserId,
} from '@chat/protocol';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';

/** The room a request names; what cannot be an id names no room. */
export function checkRoomId(text: string): Outcome<RoomId> {
  const roomId = parseRoomId(text);
  return roomId === undefined ? refuse('NOT_FOUND', { field: 'room_id' }) : accept(roomId);
}

/** The user a request names. */
export function checkUserId(text: string, field = 'user_id'): Outcome<UserId> {
  const userId = parseUserId(text);
  return userId === undefined ? refuse('NOT_FOUND', { field }) : accept(userId);
}

/** A seq of a request as a number. */
export function checkSeq(wire: bigint, field: string): Outcome<number> {
  const seq = parseSeq(wire);
  return seq === undefined ? refuse('BAD_FIELD', { field }) : accept(seq);
}

/** Free text within its limit, cleaned. */
export function checkText(text: string, maxCodePoints: number, field: string): Outcome<string> {
  const result = checkFreeText(text, maxCodePoints);
  return result.ok ? accept(result.text) : refuse(result.code, { field });
}

/** An id chosen by the client; empty only where `optional`. */
export function checkClientId(id: string, field: string, optional: boolean): Outcome<string> {
  if (optional && id === '') return accept(id);
  return CLIENT_MESSAGE_ID_PATTERN.test(id) ? accept(id) : refuse('BAD_FIELD', { field });
}

/** A page size: the default for 0, at most the maximum. */
export function clampLimit(limit: number, fallback: number, max: number): number {
  return limit === 0 ? fallback : Math.min(limit, max);
}

/** Name and version of client software as kept: short and printable. */
export function cleanClientName(client: string): string {
  return client.replaceAll(/[^\x20-\x7e]/g, '').slice(0, LIMITS.maxDisplayNameCodePoints);
}
