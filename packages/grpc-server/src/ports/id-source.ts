import type { RoomId, SessionId, UserId } from '@chat/protocol';

/** Makes what must be unique or unguessable. Every value is fresh; nothing is ever returned twice. */
export interface IdSource {
  userId(): UserId;
  roomId(): RoomId;
  sessionId(): SessionId;
  /** A bearer secret of 256 bit, base64url. Only its SHA-256 is stored. */
  token(): string;
  /** Short code of a room, in the unambiguous alphabet. May collide with one in use: the store refuses, the caller draws again. */
  roomCode(): string;
  /** Secret code of an invite, 128 bit. */
  inviteCode(): string;
}
