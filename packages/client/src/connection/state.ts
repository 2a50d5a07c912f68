import type { CloseReasonKind } from './classify-close.ts';

export type { CloseReasonKind } from './classify-close.ts';

/** What every state of a try to connect carries. */
export interface Trying {
  /** Tries since the last good connection; 0 = the first. */
  readonly attempt: number;
  /** True when the last token was refused: a second refusal is final. */
  readonly tokenRefused: boolean;
  /** The socket that the server is draining while we look for the next; it still carries its calls. */
  readonly draining: number | undefined;
  /** Why there is no connection, for people. */
  readonly reason: string;
}

/** Where a connection stands. Times are monotonic milliseconds. */
export type ConnectionState =
  | { readonly name: 'idle' }
  /** Waiting for a token, then for the socket to open. */
  | ({
      readonly name: 'connecting';
      readonly socketId: number | undefined;
      readonly token: string | undefined;
      readonly deadlineMs: number;
    } & Trying)
  /** Hello is sent, Welcome is awaited. */
  | ({
      readonly name: 'handshaking';
      readonly socketId: number;
      readonly deadlineMs: number;
    } & Trying)
  | {
      readonly name: 'ready';
      readonly socketId: number;
      readonly attempt: number;
      readonly readyAtMs: number;
      readonly heartbeatMs: number;
      /** When the last frame came. */
      readonly heardAtMs: number;
      /** A probe was sent after a wake: an answer must come by then. */
      readonly probeUntilMs: number | undefined;
      readonly draining: number | undefined;
    }
  | ({ readonly name: 'backingOff'; readonly untilMs: number; readonly refresh: boolean } & Trying)
  | { readonly name: 'closed'; readonly reason: CloseReasonKind; readonly message: string };

/** What can happen to a connection. */
export type ConnectionInput =
  | { readonly type: 'start' }
  | { readonly type: 'tryNow' }
  | { readonly type: 'wake' }
  | { readonly type: 'stop' }
  /** The time of `nextDueMs` has come. */
  | { readonly type: 'due' }
  | { readonly type: 'token'; readonly token: string | undefined }
  | { readonly type: 'tokenFailed'; readonly message: string }
  | { readonly type: 'opened'; readonly socketId: number }
  /** Any frame. */
  | { readonly type: 'heard'; readonly socketId: number }
  | { readonly type: 'welcome'; readonly socketId: number; readonly heartbeatMs: number }
  | { readonly type: 'authState'; readonly socketId: number; readonly refresh: boolean }
  | { readonly type: 'goAway'; readonly socketId: number; readonly reconnectAfterMs: number }
  | {
      readonly type: 'socketClosed';
      readonly socketId: number;
      readonly code: number;
      readonly reason: string;
    };

/** What the shell must do, in order. */
export type ConnectionEffect =
  /** Ask for a token; answer with `token` or `tokenFailed`. */
  | { readonly type: 'getToken'; readonly refresh: boolean }
  | { readonly type: 'openSocket'; readonly socketId: number }
  | { readonly type: 'sendHello'; readonly socketId: number; readonly token: string }
  /** Ask for a new token and send it in an Auth frame. */
  | { readonly type: 'refreshInBand'; readonly socketId: number }
  | { readonly type: 'sendPing'; readonly socketId: number }
  /** Calls may be made on this socket from now on. */
  | { readonly type: 'ready'; readonly socketId: number }
  /** Let the calls of this socket end, then close it. */
  | { readonly type: 'retire'; readonly socketId: number }
  /** Close it now; its calls end UNAVAILABLE. */
  | { readonly type: 'closeSocket'; readonly socketId: number; readonly code: number }
  /** The socket is gone; its calls end UNAVAILABLE. */
  | { readonly type: 'lost'; readonly socketId: number };
