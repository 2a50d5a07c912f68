import { fromTimestamp, Role, type RoomKind, type UserId } from '@chat/protocol';
import type { EntryContent, LogEntry } from './log-entry.ts';
import type { Ban, Member, Room } from './room.ts';
import { isDirect } from './standing.ts';

/** What an entry changes in the tables. Entries about messages change the room's head only. */
export interface RoomFold {
  readonly room: Room;
  /** Members to write; `member: undefined` = gone. */
  readonly members: readonly { readonly userId: UserId; readonly member: Member | undefined }[];
  /** Bans to write; `ban: undefined` = lifted. */
  readonly bans: readonly { readonly userId: UserId; readonly ban: Ban | undefined }[];
}

/** Reads a member of the room as it is before the entry. */
export type MemberLookup = (userId: UserId) => Member | undefined;

/**
 * The state of a room after an entry: the one meaning of the log. The hash of the head is not its concern, nor are
 * name key, code and password, which are not in the log.
 */
export function foldRoom(before: Room, entry: LogEntry, member: MemberLookup): RoomFold {
  const room: Room = { ...before, headSeq: entry.seq, headMs: entry.timeMs };
  const { content } = entry;
  switch (content.$case) {
    case 'messagePosted':
      return foldPost(room, entry, member);
    case 'messageEdited':
    case 'messageDeleted':
    case 'reactionChanged':
    case 'pinChanged':
    case 'pollVoted':
      return { room, members: [], bans: [] };
    case 'memberJoined':
      return foldJoin(room, entry, toUserId(content.value.userId), member);
    case 'memberLeft':
    case 'memberKicked':
      return foldGone(room, toUserId(content.value.userId), member);
    case 'memberBanned': {
      const userId = toUserId(content.value.userId);
      const ban: Ban = { userId, untilMs: toMs(content.value.until) };
      return { ...foldGone(room, userId, member), bans: [{ userId, ban }] };
    }
    case 'memberUnbanned': {
      const userId = toUserId(content.value.userId);
      return { room, members: [], bans: [{ userId, ban: undefined }] };
    }
    case 'memberMuted': {
      const untilMs = toMs(content.value.until);
      return foldMember(room, toUserId(content.value.userId), member, (old) => ({
        ...old,
        mutedUntilMs: untilMs,
      }));
    }
    case 'roleChanged': {
      // The log holds only roles that decideRole let pass.
      const role = content.value.role as Role;
      return foldMember(room, toUserId(content.value.userId), member, (old) => ({ ...old, role }));
    }
    case 'settingsChanged':
      return { room: foldSettings(room, content), members: [], bans: [] };
  }
}

/** Slow mode needs the time of the last post; while it is off nothing is written. */
function foldPost(room: Room, entry: LogEntry, member: MemberLookup): RoomFold {
  if (room.settings.slowModeSeconds === 0) return { room, members: [], bans: [] };
  return foldMember(room, entry.actorId, member, (old) => ({ ...old, lastPostMs: entry.timeMs }));
}

/** Whoever enters an empty room owns it, so a room with members always has an owner. */
function foldJoin(room: Room, entry: LogEntry, userId: UserId, member: MemberLookup): RoomFold {
  if (member(userId) !== undefined) return { room, members: [], bans: [] };
  const owner = room.memberCount === 0 && !isDirect(room);
  const joined: Member = {
    roomId: room.roomId,
    userId,
    role: owner ? Role.OWNER : Role.MEMBER,
    joinedMs: entry.timeMs,
    joinSeq: entry.seq,
    mutedUntilMs: undefined,
    lastPostMs: 0,
    // What was said before is not unread.
    readSeq: entry.seq,
  };
  return {
    room: {
      ...room,
      memberCount: room.memberCount + 1,
      ownerCount: room.ownerCount + (owner ? 1 : 0),
    },
    members: [{ userId, member: joined }],
    bans: [],
  };
}

function foldGone(room: Room, userId: UserId, member: MemberLookup): RoomFold {
  const old = member(userId);
  if (old === undefined) return { room, members: [], bans: [] };
  return {
    room: {
      ...room,
      memberCount: room.memberCount - 1,
      ownerCount: room.ownerCount - (old.role === Role.OWNER ? 1 : 0),
    },
    members: [{ userId, member: undefined }],
    bans: [],
  };
}

function foldMember(
  room: Room,
  userId: UserId,
  member: MemberLookup,
  change: (old: Member) => Member,
): RoomFold {
  const old = member(userId);
  if (old === undefined) return { room, members: [], bans: [] };
  const after = change(old);
  const owners =
    room.ownerCount + (after.role === Role.OWNER ? 1 : 0) - (old.role === Role.OWNER ? 1 : 0);
  return {
    room: owners === room.ownerCount ? room : { ...room, ownerCount: owners },
    members: [{ userId, member: after }],
    bans: [],
  };
}

function foldSettings(
  room: Room,
  content: Extract<EntryContent, { $case: 'settingsChanged' }>,
): Room {
  const { value } = content;
  return {
    ...room,
    settings: {
      // The log holds only kinds that decideSettings let pass.
      kind: value.kind as RoomKind,
      name: value.name,
      topic: value.topic,
      passwordHash: value.hasPassword ? room.settings.passwordHash : undefined,
      slowModeSeconds: value.slowModeSeconds,
      guestsAllowed: value.guestsAllowed,
      archived: value.archived,
    },
  };
}

function toMs(time: Parameters<typeof fromTimestamp>[0] | undefined): number | undefined {
  return time === undefined ? undefined : fromTimestamp(time);
}

// Ids in the log were branded when they were written.
function toUserId(id: string): UserId {
  return id as UserId;
}
