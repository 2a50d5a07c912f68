import type { RoomId, UserId } from '@chat/protocol';
import type { Outcome } from '../domain/outcome.ts';
import type { RoomCommand } from '../domain/room-command.ts';

/**
 * The append-only log of each room: the one place where a room changes.
 *
 * Order: seq is gapless per room; commands handed over by one caller in one order are taken in that order.
 * Durability: a promise resolves only after the fsync'd commit; with it, every later read sees the change.
 * Rejections: ProtocolError OVERLOADED (nothing was done, retryAfterMs says when to retry) or STORE_FAILED
 * (outcome unknown to be durable; a retry with the same client_message_id settles it). Refusals are values.
 */
export interface RoomLog {
  /**
   * Decides the command against the locked room and appends what follows from it.
   * Everything that stands in the way of a non-member answers NOT_FOUND, like a room that does not exist.
   */
  append(command: RoomCommand): Promise<Outcome<Appended>>;
  /** Reads a contiguous page, oldest first, messages in their newest state. NOT_FOUND for a reader that is no member. */
  readEntries(request: ReadEntries): Promise<Outcome<EntryPage>>;
  /** Reads one posted entry in its newest state. NOT_FOUND when there is none or the reader may not see it. */
  readMessage(request: ReadMessage): Promise<Outcome<StoredEntry>>;
  /** Newest position; undefined when the room does not exist. */
  head(roomId: RoomId): Promise<number | undefined>;
  /**
   * Calls the listener once per commit, with everything it appended, in log order per room, before the promises of its
   * commands resolve. This is the fan-out batch. The listener must not throw. Returns the function that unsubscribes.
   */
  onCommit(listener: (events: readonly CommitEvent[]) => void): () => void;
}

/** Where a command's entry stands. */
export interface Appended {
  readonly roomId: RoomId;
  /** seq of the entry. For a command that changed nothing (join of a member, unpin of an unpinned message …) the head. */
  readonly seq: number;
  /** Server time of the entry. */
  readonly timeMs: number;
  /** True when nothing was appended since it had been done before; the first result is returned. */
  readonly duplicate: boolean;
}

/** An entry as a ready-made chat.v1.Entry. */
export interface StoredEntry {
  readonly seq: number;
  /** Serialized chat.v1.Entry; never to be changed, it is shared. */
  readonly bytes: Uint8Array;
}

/** What a commit did. */
export type CommitEvent =
  | {
      readonly type: 'entry';
      readonly roomId: RoomId;
      readonly entry: StoredEntry;
      readonly actorId: UserId;
      /** Set when the entry changed who is a member. */
      readonly membership: MembershipChange | undefined;
    }
  | {
      readonly type: 'room-deleted';
      readonly roomId: RoomId;
      /** Who was a member at the end. */
      readonly userIds: readonly UserId[];
    };

/** Who came or went by an entry. */
export interface MembershipChange {
  readonly change: 'joined' | 'left' | 'kicked' | 'banned';
  readonly userId: UserId;
}

/** Which page to read. */
export interface ReadEntries {
  readonly roomId: RoomId;
  /** Who reads; undefined = the server itself, which sees everything. */
  readonly readerId: UserId | undefined;
  readonly anchor:
    | { readonly at: 'newest' }
    | { readonly at: 'before' | 'after' | 'around'; readonly seq: number };
  /** 1 or more; the caller clamps it. A page also ends at about 1 MiB, but holds at least one entry. */
  readonly limit: number;
}

/** A page of the log. */
export interface EntryPage {
  /** Contiguous, oldest first; empty when there is nothing in that direction. */
  readonly entries: readonly StoredEntry[];
  readonly headSeq: number;
  /** Oldest entry the reader may see; 1 in public rooms, the join in private ones. */
  readonly firstVisibleSeq: number;
}

/** Which message to read. */
export interface ReadMessage {
  readonly roomId: RoomId;
  /** Who reads; undefined = the server itself. */
  readonly readerId: UserId | undefined;
  readonly seq: number;
}
