import { type Entry, fromTimestamp, type Message, type Role } from '@chat/protocol';
import type { MessageItem, Notice, NoticeItem, ReactionView, TimelineItem } from './message-api.ts';

/** What an entry does to a timeline. */
export type Fold =
  /** A new row. */
  | { readonly kind: 'row'; readonly item: TimelineItem }
  /** A change of an earlier message. */
  | {
      readonly kind: 'change';
      readonly targetSeq: number;
      readonly apply: (message: MessageItem) => MessageItem;
      /** True when the change alone does not tell the new state: the message must be read again. */
      readonly incomplete: boolean;
    }
  /** Nothing to show. */
  | { readonly kind: 'none' };

/** Folds one entry. `foldedSeq` of a message says which later entries it already contains: see `foldedSeqOf`. */
export function foldEntry(entry: Entry, myUserId: string): Fold {
  const { content } = entry;
  switch (content?.$case) {
    case 'messagePosted':
      return content.value.message === undefined
        ? { kind: 'none' }
        : { kind: 'row', item: toMessageItem(entry, content.value.message, myUserId) };
    case 'messageEdited': {
      const { text, mentions, messageSeq } = content.value;
      const views = mentions.flatMap(toMention);
      return change(messageSeq, (message) => ({
        ...message,
        text,
        mentions: views,
        mentionsMe: !message.own && addresses(views, myUserId),
        editTimeMs: fromTimestamp(entry.time),
      }));
    }
    case 'messageDeleted':
      return change(content.value.messageSeq, (message) => ({
        ...message,
        text: '',
        attachments: [],
        poll: undefined,
        mentions: [],
        mentionsMe: false,
        reactions: [],
        pinned: false,
        deleted: true,
      }));
    case 'reactionChanged': {
      const { emoji, present, messageSeq } = content.value;
      return change(messageSeq, (message) => ({
        ...message,
        reactions: withReaction(message.reactions, emoji, entry.actorId, present),
      }));
    }
    case 'pinChanged': {
      const { pinned, messageSeq } = content.value;
      return change(messageSeq, (message) => ({ ...message, pinned }));
    }
    case 'pollVoted':
      // The entry tells the voter's choice, not what it was before: the counts cannot be computed.
      return { ...change(content.value.messageSeq, (message) => message), incomplete: true };
    default: {
      // Undefined is a kind of a newer server: its place counts, its content is not understood.
      const notice = content === undefined ? undefined : toNotice(content);
      return notice === undefined
        ? { kind: 'none' }
        : { kind: 'row', item: toNoticeItem(entry, notice) };
    }
  }
}

/** The newest entry that is already part of a posted entry as the server gave it. */
export function foldedSeqOf(entry: Entry): number {
  return entry.content?.$case === 'messagePosted'
    ? Number(entry.content.value.message?.foldedSeq ?? 0n)
    : 0;
}

/** The client_message_id of a posted entry; undefined for other entries. */
export function clientMessageIdOf(entry: Entry): string | undefined {
  return entry.content?.$case === 'messagePosted'
    ? entry.content.value.message?.clientMessageId
    : undefined;
}

type Change = Extract<Fold, { kind: 'change' }>;

function change(targetSeq: bigint, apply: Change['apply']): Change {
  // A deleted message stays deleted, whatever was under way.
  const guarded: Change['apply'] = (message) => (message.deleted ? message : apply(message));
  return { kind: 'change', targetSeq: Number(targetSeq), apply: guarded, incomplete: false };
}

function toMessageItem(entry: Entry, message: Message, myUserId: string): MessageItem {
  const own = entry.actorId === myUserId;
  const mentions = message.mentions.flatMap(toMention);
  const seq = Number(entry.seq);
  return {
    kind: 'message',
    key: own && message.clientMessageId !== '' ? message.clientMessageId : String(seq),
    seq,
    clientMessageId: message.clientMessageId,
    senderId: entry.actorId,
    senderName: entry.actorName,
    own,
    timeMs: fromTimestamp(entry.time),
    text: message.text,
    attachments: message.attachments,
    replyToSeq: Number(message.replyToSeq),
    threadRootSeq: Number(message.threadRootSeq),
    alsoInRoom: message.alsoInRoom,
    mentions,
    mentionsMe: !own && addresses(mentions, myUserId),
    poll:
      message.poll === undefined
        ? undefined
        : { ...message.poll, closeTimeMs: fromTimestamp(message.poll.closeTime) },
    editTimeMs: fromTimestamp(message.editTime),
    deleted: message.deleted,
    reactions: message.reactions,
    pinned: message.pinned,
    delivery: { state: 'sent' },
  };
}

function toMention(mention: Message['mentions'][number]): MessageItem['mentions'] {
  switch (mention.target?.$case) {
    case 'userId':
      return [{ kind: 'user', userId: mention.target.value }];
    case 'everyone':
      return [{ kind: 'everyone' }];
    case 'here':
      return [{ kind: 'here' }];
    case undefined:
      return [];
  }
}

function addresses(mentions: MessageItem['mentions'], myUserId: string): boolean {
  return mentions.some((mention) => mention.kind !== 'user' || mention.userId === myUserId);
}

function withReaction(
  reactions: readonly ReactionView[],
  emoji: string,
  userId: string,
  present: boolean,
): readonly ReactionView[] {
  const old = reactions.find((reaction) => reaction.emoji === emoji);
  if (old === undefined) return present ? [...reactions, { emoji, userIds: [userId] }] : reactions;
  if (old.userIds.includes(userId) === present) return reactions;
  const userIds = present ? [...old.userIds, userId] : old.userIds.filter((id) => id !== userId);
  if (userIds.length === 0) return reactions.filter((reaction) => reaction !== old);
  return reactions.map((reaction) => (reaction === old ? { emoji, userIds } : reaction));
}

function toNoticeItem(entry: Entry, notice: Notice): NoticeItem {
  const seq = Number(entry.seq);
  return {
    kind: 'notice',
    key: String(seq),
    seq,
    timeMs: fromTimestamp(entry.time),
    actorId: entry.actorId,
    actorName: entry.actorName,
    notice,
  };
}

function toNotice(content: NonNullable<Entry['content']>): Notice | undefined {
  switch (content.$case) {
    case 'memberJoined':
    case 'memberLeft': {
      const { userId, displayName } = content.value;
      return { type: content.$case === 'memberJoined' ? 'joined' : 'left', userId, displayName };
    }
    case 'memberKicked':
    case 'memberBanned': {
      const { userId, displayName, reason } = content.value;
      const type = content.$case === 'memberKicked' ? 'kicked' : 'banned';
      return { type, userId, displayName, reason };
    }
    case 'memberUnbanned':
      return { type: 'unbanned', userId: content.value.userId };
    case 'memberMuted': {
      const { userId, until } = content.value;
      return { type: until === undefined ? 'unmuted' : 'muted', userId };
    }
    case 'roleChanged':
      // The field holds a Role number.
      return { type: 'role', userId: content.value.userId, role: content.value.role as Role };
    case 'settingsChanged': {
      const { created, name, topic } = content.value;
      return { type: created ? 'created' : 'settings', name, topic };
    }
    default:
      return undefined;
  }
}
