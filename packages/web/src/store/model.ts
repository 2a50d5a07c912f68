// What the screen shows, in the screen's own words. Nothing here knows the wire.

/** Who can find and enter a room. */
export type RoomKindName = 'public' | 'private' | 'direct' | 'group';

/** What a person may do in a room; `none` when not a member. */
export type RoleName = 'none' | 'member' | 'moderator' | 'owner';

/** Whether a person is there. */
export type PresenceName = 'online' | 'away' | 'busy' | 'offline';

/** The person at this screen. */
export type Me = {
  readonly id: string;
  readonly name: string;
  /** Login name; empty for guests. */
  readonly username: string;
  readonly guest: boolean;
};

/** A room in the list, with the place of the person in it. */
export type RoomView = {
  readonly id: string;
  readonly kind: RoomKindName;
  /** Never empty: a direct room carries the name of the other person. */
  readonly name: string;
  readonly topic: string;
  /** Short code of `/j/CODE`; empty for direct rooms. */
  readonly code: string;
  readonly hasPassword: boolean;
  readonly guestsAllowed: boolean;
  readonly archived: boolean;
  readonly memberCount: number;
  readonly role: RoleName;
  /** Messages of others after `readSeq`. */
  readonly unread: number;
  readonly mentions: number;
  readonly readSeq: number;
  readonly headSeq: number;
  /** The other person of a direct room; empty elsewhere. */
  readonly directUserId: string;
};

/** One emoji on a message. */
export type ReactionView = { readonly emoji: string; readonly userIds: readonly string[] };

/** A durable message. */
export type MessageView = {
  readonly kind: 'message';
  readonly seq: number;
  readonly timeMs: number;
  readonly authorId: string;
  readonly authorName: string;
  readonly text: string;
  readonly clientMessageId: string;
  readonly edited: boolean;
  readonly deleted: boolean;
  readonly reactions: readonly ReactionView[];
};

/** Something else that happened in the room: shown as one quiet line. */
export type NoticeView = {
  readonly kind: 'notice';
  readonly seq: number;
  readonly timeMs: number;
  readonly notice:
    | { readonly kind: 'joined'; readonly userId: string; readonly name: string }
    | { readonly kind: 'left'; readonly userId: string; readonly name: string }
    | {
        readonly kind: 'removed';
        readonly userId: string;
        readonly name: string;
        readonly by: string;
      }
    | { readonly kind: 'text'; readonly text: string };
};

export type EntryView = MessageView | NoticeView;

/** An own message that the server has not confirmed. */
export type PendingView = {
  readonly clientMessageId: string;
  readonly text: string;
  readonly createdMs: number;
  readonly state:
    | { readonly kind: 'sending' }
    | { readonly kind: 'failed'; readonly reason: string };
};

/** What is known of a room's log. */
export type TimelineView = {
  readonly phase: 'loading' | 'ready' | 'failed';
  /** By seq, without duplicates; deleted ones included. */
  readonly entries: readonly EntryView[];
  /** In the order they were typed. */
  readonly pending: readonly PendingView[];
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
};

/** A person in a room. */
export type MemberView = {
  readonly userId: string;
  readonly name: string;
  readonly role: RoleName;
};

/** State of the one socket. */
export type ConnectionView =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'online' }
  /** Broken; `retryAtMs` is the time of the next attempt by the wall clock. */
  | { readonly kind: 'waiting'; readonly sinceMs: number; readonly retryAtMs: number }
  /** Nothing is tried any more. */
  | { readonly kind: 'ended'; readonly code: string };

/** What may be shown of a room before joining. */
export type PreviewView = {
  readonly name: string;
  readonly topic: string;
  readonly memberCount: number;
  readonly hasPassword: boolean;
  readonly guestsAllowed: boolean;
  readonly invitedBy: string;
};

/** Who is typing. */
export type TypistView = { readonly userId: string; readonly name: string };

export const EMPTY_TIMELINE: TimelineView = {
  phase: 'loading',
  entries: [],
  pending: [],
  hasOlder: false,
  loadingOlder: false,
};
