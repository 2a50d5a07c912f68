import type {
  ConnectionStatus,
  MessageItem,
  NoticeItem,
  RoomView as SdkRoom,
  TimelineItem,
  TimelineSnapshot,
} from '@chat/client';
import {
  PresenceStatus,
  Role,
  type Room,
  RoomClosedReason,
  RoomKind,
  type User,
  UserKind,
} from '@chat/protocol';
import { codeWords } from '../store/error-words.ts';
import type {
  ConnectionView,
  EntryView,
  Me,
  MessageView,
  NoticeView,
  PendingView,
  PresenceName,
  RoleName,
  RoomKindName,
  RoomView,
  TimelineView,
} from '../store/model.ts';

// From the words of the SDK to the words of the screen.

export function toMe(user: User): Me {
  return {
    id: user.userId,
    name: user.displayName,
    username: user.username,
    guest: user.kind === UserKind.GUEST,
  };
}

export function toRoleName(role: Role): RoleName {
  if (role === Role.OWNER) return 'owner';
  if (role === Role.MODERATOR) return 'moderator';
  return role === Role.MEMBER ? 'member' : 'none';
}

export function toPresenceName(status: PresenceStatus): PresenceName {
  if (status === PresenceStatus.ONLINE) return 'online';
  if (status === PresenceStatus.AWAY) return 'away';
  return status === PresenceStatus.DO_NOT_DISTURB ? 'busy' : 'offline';
}

export function toClosedReason(reason: RoomClosedReason): 'left' | 'kicked' | 'banned' | 'deleted' {
  if (reason === RoomClosedReason.KICKED) return 'kicked';
  if (reason === RoomClosedReason.BANNED) return 'banned';
  return reason === RoomClosedReason.DELETED ? 'deleted' : 'left';
}

function toKindName(kind: RoomKind): RoomKindName {
  if (kind === RoomKind.PRIVATE) return 'private';
  if (kind === RoomKind.DIRECT) return 'direct';
  return kind === RoomKind.GROUP_DIRECT ? 'group' : 'public';
}

/** Rooms by name first, then people by activity: a list that does not dance. */
export function toRoomViews(
  rooms: readonly SdkRoom[],
  myId: string,
  nameOf: (userId: string) => string,
): readonly RoomView[] {
  const views = rooms.map((room) => toRoomView(room, myId, nameOf));
  const isPlace = (room: RoomView): boolean => room.kind === 'public' || room.kind === 'private';
  const places = views.filter(isPlace).sort((left, right) => left.name.localeCompare(right.name));
  return [...places, ...views.filter((room) => !isPlace(room))];
}

function toRoomView(room: SdkRoom, myId: string, nameOf: (userId: string) => string): RoomView {
  const others = room.directUserIds.filter((userId) => userId !== myId);
  return {
    id: room.roomId,
    kind: toKindName(room.kind),
    name: room.name === '' ? others.map(nameOf).join(', ') || 'Direct message' : room.name,
    topic: room.topic,
    code: room.code,
    hasPassword: room.hasPassword,
    guestsAllowed: room.guestsAllowed,
    archived: room.archived,
    memberCount: room.memberCount,
    role: toRoleName(room.role),
    unread: room.unreadMessages,
    mentions: room.unreadMentions,
    readSeq: room.readSeq,
    headSeq: room.headSeq,
    directUserId: others[0] ?? '',
  };
}

/** A public room as a list of strangers' rooms shows it. */
export function toBrowsedRoom(room: Room): RoomView {
  return {
    id: room.roomId,
    kind: toKindName(room.kind),
    name: room.name,
    topic: room.topic,
    code: room.code,
    hasPassword: room.hasPassword,
    guestsAllowed: room.guestsAllowed,
    archived: room.archived,
    memberCount: room.memberCount,
    role: 'none',
    unread: 0,
    mentions: 0,
    readSeq: 0,
    headSeq: 0,
    directUserId: '',
  };
}

export function toConnectionView(status: ConnectionStatus, nowMs: number): ConnectionView {
  switch (status.state) {
    case 'online':
      return { kind: 'online' };
    case 'waiting':
      return { kind: 'waiting', sinceMs: status.sinceMs, retryAtMs: nowMs + status.nextTryInMs };
    case 'closed':
      return {
        kind: 'ended',
        code: status.reason === 'version-unsupported' ? 'UNIMPLEMENTED' : 'UNAVAILABLE',
      };
    default:
      return { kind: 'connecting' };
  }
}

// An item of the SDK is immutable, so its view is made once; rows whose view is the same object are not drawn again.
const views = new WeakMap<TimelineItem, EntryView>();

export function toTimelineView(snapshot: TimelineSnapshot, failed: boolean): TimelineView {
  const entries: EntryView[] = [];
  const pending: PendingView[] = [];
  let before: TimelineItem | undefined;
  for (const item of snapshot.items) {
    if (item.kind === 'message' && item.seq === 0) pending.push(toPendingView(item));
    // Who makes a room is in it: that goes without saying.
    else if (!isCreatorJoining(before, item)) entries.push(toEntryView(item));
    before = item;
  }
  const known =
    snapshot.state === 'live' ||
    snapshot.state === 'catchingUp' ||
    snapshot.lastSeq >= snapshot.firstSeq;
  return {
    phase: known && snapshot.state !== 'new' ? 'ready' : failed ? 'failed' : 'loading',
    entries,
    pending,
    hasOlder: snapshot.hasOlder,
    loadingOlder: snapshot.loadingOlder,
  };
}

function isCreatorJoining(before: TimelineItem | undefined, item: TimelineItem): boolean {
  if (item.kind !== 'notice' || item.notice.type !== 'joined' || before?.kind !== 'notice')
    return false;
  return before.notice.type === 'created' && before.actorId === item.notice.userId;
}

function toPendingView(item: MessageItem): PendingView {
  const { delivery } = item;
  return {
    clientMessageId: item.clientMessageId,
    text: item.text,
    createdMs: item.timeMs,
    state:
      delivery.state === 'failed'
        ? { kind: 'failed', reason: codeWords(delivery.error.reason) }
        : { kind: 'sending' },
  };
}

function toEntryView(item: TimelineItem): EntryView {
  const known = views.get(item);
  if (known !== undefined) return known;
  const view = item.kind === 'message' ? toMessageView(item) : toNoticeView(item);
  views.set(item, view);
  return view;
}

function toMessageView(item: MessageItem): MessageView {
  return {
    kind: 'message',
    seq: item.seq,
    timeMs: item.timeMs,
    authorId: item.senderId,
    authorName: item.senderName,
    text: item.text,
    clientMessageId: item.clientMessageId,
    edited: item.editTimeMs > 0,
    deleted: item.deleted,
    reactions: item.reactions,
  };
}

function toNoticeView({ seq, timeMs, actorName, notice }: NoticeItem): NoticeView {
  const text = (words: string): NoticeView => ({
    kind: 'notice',
    seq,
    timeMs,
    notice: { kind: 'text', text: words },
  });
  switch (notice.type) {
    case 'joined':
    case 'left':
      return {
        kind: 'notice',
        seq,
        timeMs,
        notice: { kind: notice.type, userId: notice.userId, name: notice.displayName },
      };
    case 'kicked':
    case 'banned':
      return {
        kind: 'notice',
        seq,
        timeMs,
        notice: { kind: 'removed', userId: notice.userId, name: notice.displayName, by: actorName },
      };
    case 'created':
      return text(`${actorName} created the room`);
    case 'settings':
      return text(`${actorName} changed the room settings`);
    case 'role':
      return text(`${actorName} changed a member's role`);
    case 'unbanned':
      return text(`${actorName} lifted a ban`);
    case 'muted':
      return text(`${actorName} muted a member`);
    case 'unmuted':
      return text(`${actorName} let a member write again`);
  }
}
