import type { PresenceStatus, RoomClosedReason } from '@chat/protocol';
import type { Observable } from '../observable.ts';
import type { TimelineItem } from './message-api.ts';

/** Somebody who types. */
export interface TypingView {
  readonly userId: string;
  readonly displayName: string;
}

/** A user's presence in a room. */
export interface PresenceView {
  readonly userId: string;
  readonly displayName: string;
  readonly status: PresenceStatus;
  /** 0 = connected or unknown. */
  readonly lastSeenMs: number;
}

/** A room's entries, contiguous and in order, with one's own unsent messages behind them. Immutable. */
export interface TimelineSnapshot {
  readonly roomId: string;
  readonly items: readonly TimelineItem[];
  /** First and last entry held, also those that show nothing; lastSeq = firstSeq - 1 when none. */
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** True when older entries can be loaded. */
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** `live`: nothing is missing. `closed`: the caller is no longer in the room. */
  readonly state: 'new' | 'loading' | 'catchingUp' | 'live' | 'closed';
  readonly closedReason: RoomClosedReason | undefined;
  readonly typing: readonly TypingView[];
  /** Members that are not offline, as far as told (at most 200). */
  readonly presences: ReadonlyMap<string, PresenceView>;
  readonly onlineCount: number;
  /** How far others have read, by user. */
  readonly readCursors: ReadonlyMap<string, number>;
}

/** What to send. */
export interface NewMessage {
  readonly text: string;
  readonly replyToSeq?: number;
  readonly threadRootSeq?: number;
  readonly alsoInRoom?: boolean;
  readonly attachments?: readonly {
    readonly mediaId: string;
    readonly fileName: string;
    readonly altText?: string;
  }[];
  readonly poll?: {
    readonly question: string;
    readonly options: readonly string[];
    readonly multiple?: boolean;
  };
}

/** A message on its way. */
export interface Sending {
  readonly clientMessageId: string;
  /** Resolves with the seq, or rejects with ChatClientError when definitely refused or discarded. Need not be awaited. */
  readonly sent: Promise<number>;
}

/** One room's messages. Methods that ask the server reject with ChatClientError. */
export interface Timeline extends Observable<TimelineSnapshot> {
  readonly roomId: string;
  /** Loads the newest page when there is none yet. */
  open(): Promise<void>;
  /** Loads one page more; false when there is nothing older or the memory bound is reached. */
  loadOlder(): Promise<boolean>;
  /** Shows the message at once, keeps it in the outbox and sends it when it can, in order. Throws ChatClientError for a text that no server takes. */
  send(message: string | NewMessage): Sending;
  /** Tries a failed message again, with the same id. */
  retry(clientMessageId: string): void;
  /** Forgets a queued or failed message; false when it is already on its way or sent. */
  discard(clientMessageId: string): boolean;
  edit(seq: number, text: string): Promise<void>;
  delete(seq: number, reason?: string): Promise<void>;
  react(seq: number, emoji: string, present: boolean): Promise<void>;
  pin(seq: number, pinned: boolean): Promise<void>;
  vote(seq: number, options: readonly number[]): Promise<void>;
  /** Says that the user types (told on at most every 3 s) or stopped. */
  setTyping(typing: boolean): void;
  /** Moves the caller's read cursor forward; told on at most once a second. */
  markRead(seq: number): void;
}
