import type { ErrorCode, RoomId } from '@chat/protocol';

/**
 * Where the hub writes to: one relay link, or one native stream (whose only session is 1).
 * Calls take effect in order. None of them waits or throws; a sink that is over its bound ends itself.
 */
export interface Sink {
  /** Entries of a room for all sessions that joined it. */
  roomBatch(batch: RoomBatchBytes): void;
  /** From here on the session receives the room; afterSeq = last entry it has. */
  roomJoin(session: number, roomId: RoomId, afterSeq: number): void;
  /** From here on the session does not receive the room. */
  roomLeave(session: number, roomId: RoomId): void;
  /** A passing event for all sessions that joined the room; dropped when the sink is busy. */
  roomSignal(signal: RoomSignalBytes): void;
  /** An event for one session. */
  sessionEvent(session: number, event: Uint8Array, lane: EventLane): void;
  /** The session is over; nothing follows for it. */
  sessionClosed(session: number, code: ErrorCode): void;
  /** True while a replay has to wait. Ask again after each wait: many replays wake together. */
  busy(): boolean;
  /** Resolves when a replay may ask again, or when the sink ended. */
  drained(): Promise<void>;
}

/** Entries of a room, encoded once for every sink. */
export interface RoomBatchBytes {
  readonly roomId: RoomId;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Serialized ChatResponse. */
  readonly event: Uint8Array;
}

/** A passing event of a room. */
export interface RoomSignalBytes {
  readonly roomId: RoomId;
  /** A later signal with the same key replaces this one. */
  readonly key: string;
  /** Serialized ChatResponse. */
  readonly event: Uint8Array;
  /** Session that shall not get it; 0 = none. */
  readonly exceptSession: number;
}

/** How an event of one session is treated when the reader is slow. */
export type EventLane =
  | { readonly kind: 'direct' }
  | { readonly kind: 'ephemeral' }
  | { readonly kind: 'room'; readonly roomId: RoomId; readonly lastSeq: number };

/** Lane of answers and of what must not get lost. */
export const DIRECT: EventLane = { kind: 'direct' };
/** Lane of what may get lost. */
export const EPHEMERAL: EventLane = { kind: 'ephemeral' };
