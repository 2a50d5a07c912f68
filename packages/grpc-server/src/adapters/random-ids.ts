import { randomBytes, randomInt } from 'node:crypto';
import { CODE_ALPHABET, LIMITS, type RoomId, type SessionId, type UserId } from '@chat/protocol';
import type { IdSource } from '../ports/id-source.ts';

/** Bytes of an id: unique without asking anyone. */
const ID_BYTES = 12;
/** Bytes of an invite code: 128 bit, not guessable. */
const INVITE_BYTES = 16;
/** Bytes of a token: 256 bit. */
const TOKEN_BYTES = 32;

/** Ids from the operating system's random source. */
export const randomIds: IdSource = {
  // These functions are what the brands stand for.
  userId: () => `u_${random(ID_BYTES)}` as UserId,
  roomId: () => `r_${random(ID_BYTES)}` as RoomId,
  sessionId: () => `s_${random(ID_BYTES)}` as SessionId,
  token: () => random(TOKEN_BYTES),
  roomCode: () => {
    let code = '';
    for (let letter = 0; letter < LIMITS.roomCodeLength; letter += 1) {
      code += CODE_ALPHABET.charAt(randomInt(CODE_ALPHABET.length));
    }
    return code;
  },
  inviteCode: () => random(INVITE_BYTES),
};

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64url');
}
