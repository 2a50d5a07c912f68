import type { CloseReasonKind } from './connection/classify-close.ts';
import type { Observable } from './observable.ts';

/** Where a link stands. `generation` counts the connections that became ready. */
export type LinkStatus =
  | { readonly state: 'idle' }
  | { readonly state: 'connecting'; readonly reason: string }
  | { readonly state: 'ready'; readonly generation: number }
  | { readonly state: 'waiting'; readonly nextTryAtMs: number; readonly reason: string }
  | { readonly state: 'closed'; readonly reason: CloseReasonKind; readonly message: string };

/** A metadata entry of a call; a name ending in "-bin" carries base64. */
export interface MetadataEntry {
  readonly name: string;
  readonly value: string;
}

/** What opens a call. */
export interface CallStart {
  /** "chat.v1.ChatService/Chat", without leading slash. */
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly metadata: readonly MetadataEntry[];
  /** 0 = none of the caller's own. */
  readonly timeoutMs: number;
  /** The one request message, when the request is not a stream: nothing more is sent then. */
  readonly request: Uint8Array | undefined;
}

/** How a call ended. */
export interface CallStatus {
  /** gRPC status number. */
  readonly code: number;
  readonly message: string;
  /** Name in the error table, when the server said one. */
  readonly reason: string | undefined;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  /** The upstream handler never saw the call. */
  readonly notProcessed: boolean;
  readonly trailers: readonly MetadataEntry[];
}

/** What a call tells its owner, in order; `onStatus` comes exactly once and last. */
export interface CallHandlers {
  onHeaders(metadata: readonly MetadataEntry[]): void;
  onMessage(message: Uint8Array): void;
  onStatus(status: CallStatus): void;
}

/** One open call, on the level of serialized messages. */
export interface RawCall {
  /** Sends one message, or queues it while the other side grants nothing. False when the queue is full: nothing was taken. */
  send(message: Uint8Array): boolean;
  /** Half-close, behind everything sent. */
  end(): void;
  /** Abandons the call; `onStatus` CANCELLED follows at once. */
  cancel(reason: string): void;
  /** The application has consumed the oldest message that `onMessage` gave: the sender may send as much again. */
  consumed(): void;
  /** Resolves when the queue of `send` has room. */
  writable(): Promise<void>;
}

/** A way to the services: the bridge over a WebSocket, or gRPC itself. */
export interface Link {
  readonly status: Observable<LinkStatus>;
  /** Begins to connect; nothing happens when it has begun. */
  start(): void;
  /** Tries at once instead of at the end of the wait. */
  tryNow(): void;
  /** The page became visible, the network came back or the machine woke: checks that the connection is alive. */
  wake(): void;
  /** The credential was refused on this connection: gets a new one before the next call. */
  refreshCredential(): void;
  /** Opens a call on the present connection. When there is none it ends UNAVAILABLE with notProcessed, not before this returns. */
  openCall(start: CallStart, handlers: CallHandlers): RawCall;
  /** Ends every call and the connection. */
  close(): void;
}
