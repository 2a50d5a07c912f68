import { LIMITS } from './limits.ts';

/**
 * Close codes of the bridge. The number says what to do: 4000-4499 come back (with backoff),
 * 4500-4999 do not come back as you are.
 */
export const CloseCode = {
  /** The client reads too slowly. */
  SLOW_CONSUMER: 4000,
  // 4001 is absent: a drained socket closes with 1012 behind GoAway.
  /** Too many frames or calls. */
  RATE_LIMITED: 4002,
  /** State was lost that cannot be continued: open everything anew. */
  RESYNC_NEEDED: 4003,
  /** Nothing was heard for two heartbeats. */
  HEARTBEAT_MISSED: 4004,
  /** The credential ran out: refresh it, then come back. */
  TOKEN_EXPIRED: 4005,
  /** No capacity now. */
  OVERLOADED: 4006,
  /** A fault of the gateway. */
  INTERNAL: 4007,
  /** No Hello in time. */
  HELLO_TIMEOUT: 4008,
  /** The credential is not valid. */
  INVALID_TOKEN: 4500,
  /** A bad or illegal frame; the reason names the rule. */
  BAD_FRAME: 4501,
  // 4502 is absent: too big is 1009.
  /** The session was logged out or revoked. */
  LOGGED_OUT: 4503,
  /** Too many sockets of one user or address. */
  TOO_MANY_CONNECTIONS: 4504,
  /** The protocol version is not supported. */
  VERSION_UNSUPPORTED: 4505,
  /** Banned, suspended, or the principal changed. */
  FORBIDDEN: 4506,
  /** Repeated overruns of a request window. */
  FLOW_CONTROL: 4507,
  /** Drained after GoAway. */
  GOING_AWAY: 1012,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** True when a client may come back as it is: own codes below 4500, and every standard code but policy ones. */
export function isReconnectable(code: number): boolean {
  if (code >= 4500 && code <= 4999) return false;
  // 1002 protocol error, 1003 wrong type, 1007 bad text, 1008 policy, 1009 too big: the same bytes would fail again.
  return ![1002, 1003, 1007, 1008, 1009].includes(code);
}

/** The text as a close reason: cut to 123 UTF-8 bytes at a character's end. */
export function closeReason(text: string): string {
  const encoder = new TextEncoder();
  const { read } = encoder.encodeInto(text, new Uint8Array(LIMITS.maxCloseReasonBytes));
  return text.slice(0, read);
}
