import type { Role } from '@chat/protocol';
import type { ChatClientError } from '../errors.ts';

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
