import type {
  MyRoom,
  PresenceStatus,
  ResyncReason,
  Role,
  RoomClosedReason,
  RoomKind,
  RoomPreview,
  User,
} from '@chat/protocol';
import type { ChatClientError } from '../errors.ts';
import type { Observable } from '../observable.ts';

/** How the application stands with the server. */
export type ConnectionStatus =
  /** `stop()` was called, or `start()` not yet. */
  | { readonly state: 'idle' }
  /** First connection under way. */
  | { readonly state: 'connecting' }
  /** Everything works. */
  | { readonly state: 'online' }
  /** The connection was lost and is being tried now. */
  | { readonly state: 'reconnecting'; readonly sinceMs: number; readonly reason: string }
  /** The connection was lost; the next try comes at `nextTryAtMs` (on the client's clock). */
  | {
      readonly state: 'waiting';
      readonly sinceMs: number;
      readonly nextTryAtMs: number;
      readonly nextTryInMs: number;
      readonly reason: string;
    }
  /** Coming back as we are is of no use: the reason says what to do. */
  | { readonly state: 'closed'; readonly reason: ClosedReason; readonly message: string };

/** Why a client stopped for good. */
export type ClosedReason =
  | 'signed-out'
  | 'invalid-token'
  | 'forbidden'
  | 'too-many-connections'
  | 'version-unsupported'
  | 'protocol-fault'
  | 'stopped';

/** A room of the caller, as a list shows it. */
export interface RoomView {
  readonly roomId: string;
  readonly kind: RoomKind;
  readonly name: string;
  readonly topic: string;
  /** Short code to share; empty for direct rooms. */
  readonly code: string;
  readonly hasPassword: boolean;
  readonly memberCount: number;
  readonly slowModeSeconds: number;
  readonly guestsAllowed: boolean;
  readonly archived: boolean;
  readonly directUserIds: readonly string[];
  readonly role: Role;
  readonly joinSeq: number;
  /** Newest entry of the room. */
  readonly headSeq: number;
  /** Last entry the caller has read. */
  readonly readSeq: number;
  /** Messages of others after `readSeq`. */
  readonly unreadMessages: number;
  /** Of these, how many mention the caller. */
  readonly unreadMentions: number;
  /** Members that are not offline; 0 before the room was opened by the server. */
  readonly onlineCount: number;
  /** When something was last said here, as far as known; else when the room was made. */
  readonly lastActivityMs: number;
}

/** The caller's rooms, newest activity first. */
export interface RoomsSnapshot {
  /** False until the list was read once. */
  readonly loaded: boolean;
  readonly list: readonly RoomView[];
}

/** How a room is named when joining. */
export type JoinTarget =
  | { readonly roomId: string }
  | { readonly code: string }
  | { readonly name: string };

/** Settings of a new room. */
export interface NewRoom {
  readonly name: string;
  readonly private?: boolean;
  readonly topic?: string;
  readonly password?: string;
  readonly membersOnly?: boolean;
}

/** The caller's rooms and the ways into more. All methods reject with ChatClientError. */
export interface Rooms extends Observable<RoomsSnapshot> {
  /** One room; undefined when the caller is not in it. */
  get(roomId: string): RoomView | undefined;
  join(target: JoinTarget, password?: string): Promise<RoomView>;
  /** What is behind a code, before joining. */
  preview(code: string): Promise<RoomPreview>;
  create(room: NewRoom): Promise<RoomView>;
  leave(roomId: string): Promise<void>;
  /** The direct room with these users; made when there is none. */
  openDirect(userIds: readonly string[]): Promise<RoomView>;
  /** Reads the list again. */
  refresh(): Promise<void>;
}

/** How far one's own message has come. */
export type Delivery =
  | { readonly state: 'queued' }
  | { readonly state: 'sending' }
  | { readonly state: 'sent' }
  | { readonly state: 'failed'; readonly error: ChatClientError };

/** A file of a message. */
export interface AttachmentView {
  readonly mediaId: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  readonly width: number;
  readonly height: number;
  readonly altText: string;
}

/** One emoji on a message and who used it. */
export interface ReactionView {
  readonly emoji: string;
  readonly userIds: readonly string[];
}

/** Whom a message addresses. */
export type MentionView =
  | { readonly kind: 'user'; readonly userId: string }
  | { readonly kind: 'everyone' }
  | { readonly kind: 'here' };

/** A question with fixed answers. */
export interface PollView {
  readonly question: string;
  readonly options: readonly { readonly text: string; readonly votes: number }[];
  readonly multiple: boolean;
  /** 0 = never. */
  readonly closeTimeMs: number;
}

/** A message in a timeline. */
export interface MessageItem {
  readonly kind: 'message';
  /** Stable over the whole life, also from queued to sent: the client_message_id for own messages. */
  readonly key: string;
  /** Names the message in its room; 0 until the server has it. */
  readonly seq: number;
  readonly clientMessageId: string;
  readonly senderId: string;
  readonly senderName: string;
  readonly own: boolean;
  readonly timeMs: number;
  readonly text: string;
  readonly attachments: readonly AttachmentView[];
  readonly replyToSeq: number;
  readonly threadRootSeq: number;
  readonly alsoInRoom: boolean;
  readonly mentions: readonly MentionView[];
  /** True when the caller is addressed. */
  readonly mentionsMe: boolean;
  readonly poll: PollView | undefined;
  /** 0 = never edited. */
  readonly editTimeMs: number;
  readonly deleted: boolean;
  readonly reactions: readonly ReactionView[];
  readonly pinned: boolean;
  readonly delivery: Delivery;
}

/** What happened to a room or its members. */
export type Notice =
  | { readonly type: 'joined' | 'left'; readonly userId: string; readonly displayName: string }
  | {
      readonly type: 'kicked' | 'banned';
      readonly userId: string;
      readonly displayName: string;
      readonly reason: string;
    }
  | { readonly type: 'unbanned' | 'muted' | 'unmuted'; readonly userId: string }
  | { readonly type: 'role'; readonly userId: string; readonly role: Role }
  | { readonly type: 'created' | 'settings'; readonly name: string; readonly topic: string };

/** A notice in a timeline. */
export interface NoticeItem {
  readonly kind: 'notice';
  readonly key: string;
  readonly seq: number;
  readonly timeMs: number;
  readonly actorId: string;
  readonly actorName: string;
  readonly notice: Notice;
}

/** One row of a timeline. */
export type TimelineItem = MessageItem | NoticeItem;

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

/** Something that happened, for programs that react rather than draw. */
export type ChatEvent =
  | { readonly type: 'status'; readonly status: ConnectionStatus }
  | { readonly type: 'ready'; readonly user: User; readonly sessionId: string }
  /** A message of anyone, live or caught up, in order; never from older pages. */
  | { readonly type: 'message'; readonly roomId: string; readonly item: MessageItem }
  | { readonly type: 'messageChanged'; readonly roomId: string; readonly item: MessageItem }
  | { readonly type: 'notice'; readonly roomId: string; readonly item: NoticeItem }
  | { readonly type: 'roomAdded'; readonly room: RoomView }
  | { readonly type: 'roomClosed'; readonly roomId: string; readonly reason: RoomClosedReason }
  | { readonly type: 'resync'; readonly roomId: string; readonly reason: ResyncReason }
  | {
      readonly type: 'typing';
      readonly roomId: string;
      readonly userId: string;
      readonly displayName: string;
      readonly typing: boolean;
    }
  | { readonly type: 'presence'; readonly roomId: string; readonly presence: PresenceView }
  | {
      readonly type: 'sendFailed';
      readonly roomId: string;
      readonly clientMessageId: string;
      readonly error: ChatClientError;
    };

export type { MyRoom };
