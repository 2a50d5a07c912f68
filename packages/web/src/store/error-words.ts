import { BackendError } from './backend.ts';

const WORDS: Readonly<Record<string, string>> = {
  EMPTY: 'Please type something first.',
  BAD_TEXT: 'That contains characters that cannot be used here.',
  BAD_FIELD: 'That is not quite right. Please check it and try again.',
  TOO_LONG: 'That is too long. Please shorten it.',
  TOO_MANY: 'That is too much at once.',
  NAME_TAKEN: 'Somebody already uses that name. Try another one.',
  NAME_RESERVED: 'That name is reserved. Try another one.',
  NAME_CONFUSABLE: 'That name looks too much like another one. Try a different one.',
  NOT_FOUND: 'Nothing was found. It may have been removed, or the code has changed.',
  GONE: 'That message was deleted.',
  FORBIDDEN: 'You are not allowed to do that here.',
  WRONG_PASSWORD: 'That password does not match. Ask the person who invited you.',
  BANNED: 'You have been banned from this room.',
  MUTED: 'You have been muted in this room for a while.',
  GUESTS_REFUSED: 'This room is for accounts only. Create an account in your profile, then join.',
  ROOM_CLOSED: 'This room is closed for new messages.',
  LAST_OWNER: 'A room needs an owner. Make somebody else an owner first.',
  LIMIT: 'A limit has been reached.',
  RATE_LIMITED: 'That was a little fast. Wait a moment and try again.',
  OVERLOADED: 'The server is busy right now. Try again in a moment.',
  UNAUTHENTICATED: 'You have been signed out. Sign in again to go on.',
  TOKEN_EXPIRED: 'You have been signed out. Sign in again to go on.',
  TOKEN_REUSED: 'Your session was ended to keep you safe. Sign in again.',
  BAD_CREDENTIALS: 'That user name and password do not match.',
  UNIMPLEMENTED: 'This server cannot do that yet.',
  UNAVAILABLE: 'The server cannot be reached right now. Try again in a moment.',
  DEADLINE: 'The server took too long to answer. Try again.',
  CANCELLED: 'That was interrupted. Try again.',
};

const FALLBACK = 'Something went wrong on our side. Please try again.';

/** A sentence for people, with the next action in it; never a status code. */
export function errorWords(error: unknown): string {
  return error instanceof BackendError ? codeWords(error.code) : FALLBACK;
}

/** The same for the name of an error. */
export function codeWords(code: string): string {
  return Object.hasOwn(WORDS, code) ? (WORDS[code] ?? FALLBACK) : FALLBACK;
}

/** Words for a code that opened no room. */
export function joinErrorWords(error: unknown): string {
  if (error instanceof BackendError && error.code === 'NOT_FOUND') {
    return 'No room has this code. It may have changed: ask for a new link.';
  }
  return errorWords(error);
}
