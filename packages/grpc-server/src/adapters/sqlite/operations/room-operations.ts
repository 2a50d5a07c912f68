import { Role, type RoomId, RoomKind, type UserId } from '@chat/protocol';
import type { Account } from '../../../domain/account.ts';
import { toSettingsContent } from '../../../domain/decide-settings.ts';
import { accept, refuse } from '../../../domain/outcome.ts';
import type { Room, RoomSettings } from '../../../domain/room.ts';
import { requireMember, requireRole } from '../../../domain/standing.ts';
import type { Rooms, RoomView } from '../../../ports/rooms.ts';
import { appendEntry } from '../append-entry.ts';
import type { Context, Operations } from '../context.ts';
import { ZERO_HASH } from '../entry-codec.ts';
import { countUnread } from './count-unread.ts';
import { standingOf } from './standing-of.ts';

/** Rooms inside a transaction. */
export const roomOperations: Operations<Rooms> = {
  create(context, request) {
    const creator = liveAccount(context, request.creatorId);
    if (creator === undefined) return refuse('UNAUTHENTICATED');
    const first = context.rooms.findByRequest(request.creatorId, request.requestId);
    if (first !== undefined) return accept(view(context, first, request.creatorId, true));
    const isPublic = request.kind === RoomKind.PUBLIC;
    if (!isPublic && request.kind !== RoomKind.PRIVATE)
      return refuse('BAD_FIELD', { field: 'kind' });
    if (isPublic && context.rooms.findBy('public_name', request.nameKey) !== undefined) {
      return refuse('NAME_TAKEN', { field: 'name' });
    }
    if (context.rooms.findBy('code', request.code) !== undefined) {
      return refuse('LIMIT', { field: 'code' });
    }
    const settings: RoomSettings = {
      kind: request.kind,
      name: request.name,
      topic: request.topic,
      passwordHash: request.passwordHash,
      slowModeSeconds: 0,
      guestsAllowed: request.guestsAllowed,
      archived: false,
    };
    const empty = emptyRoom(context, request.roomId, creator, settings);
    const room: Room = { ...empty, nameKey: request.nameKey, code: request.code };
    context.rooms.insert(room, { directKey: '', requestId: request.requestId });
    appendEntry(context, room.roomId, creator, toSettingsContent(settings, true));
    join(context, room.roomId, creator, creator);
    return accept(view(context, room, creator.userId, false));
  },

  openDirect(context, request) {
    const actor = liveAccount(context, request.actorId);
    if (actor === undefined) return refuse('UNAUTHENTICATED');
    const others = [...new Set(request.userIds)].filter((userId) => userId !== actor.userId);
    if (others.length === 0 || others.length > MAX_DIRECT_OTHERS) {
      return refuse('BAD_FIELD', { field: 'user_ids' });
    }
    const accounts: Account[] = [];
    for (const userId of others) {
      const account = liveAccount(context, userId);
      if (account === undefined) return refuse('NOT_FOUND', { field: 'user_ids' });
      accounts.push(account);
    }
    const userIds = [actor.userId, ...others].toSorted();
    const directKey = userIds.join(' ');
    const existing = context.rooms.findBy('direct_key', directKey);
    if (existing !== undefined) return accept(view(context, existing, actor.userId, true));
    const settings: RoomSettings = {
      kind: others.length === 1 ? RoomKind.DIRECT : RoomKind.GROUP_DIRECT,
      name: '',
      topic: '',
      passwordHash: undefined,
      slowModeSeconds: 0,
      guestsAllowed: true,
      archived: false,
    };
    const empty = emptyRoom(context, request.roomId, actor, settings);
    const room: Room = { ...empty, directUserIds: userIds };
    context.rooms.insert(room, { directKey, requestId: '' });
    appendEntry(context, room.roomId, actor, toSettingsContent(settings, true));
    for (const account of [actor, ...accounts]) join(context, room.roomId, actor, account);
    return accept(view(context, room, actor.userId, false));
  },

  delete(context, { roomId, actorId }) {
    const standing = requireRole(standingOf(context, roomId, actorId), Role.OWNER);
    if (!standing.ok) return standing;
    const userIds = context.members.userIdsOf(roomId);
    context.rooms.delete(roomId);
    context.members.forget();
    context.events.push({ type: 'room-deleted', roomId, userIds });
    return accept(null);
  },

  setCode(context, { roomId, actorId, code }) {
    const standing = requireRole(standingOf(context, roomId, actorId), Role.OWNER);
    if (!standing.ok) return standing;
    const { room } = standing.value;
    if (room.code === code) return accept(null);
    if (context.rooms.findBy('code', code) !== undefined) return refuse('LIMIT', { field: 'code' });
    context.rooms.set({ ...room, code });
    return accept(null);
  },

  markRead(context, { roomId, userId, seq }) {
    const standing = requireMember(standingOf(context, roomId, userId));
    if (!standing.ok) return standing;
    const { room, member } = standing.value;
    const readSeq = Math.max(member.readSeq, Math.min(seq, room.headSeq));
    const moved = { ...member, readSeq };
    if (readSeq !== member.readSeq) context.members.set(moved);
    return accept(countUnread(context, moved));
  },
};

/** Others in a direct room. More is a room with a name. */
const MAX_DIRECT_OTHERS = 7;

/** A room as the user sees it. */
export function view(
  context: Context,
  room: Room,
  userId: UserId | undefined,
  existed: boolean,
): RoomView {
  return {
    // The newest, since entries may have been appended.
    room: context.rooms.get(room.roomId) ?? room,
    member: userId === undefined ? undefined : context.members.get(room.roomId, userId),
    existed,
  };
}

/** An account that may act. */
function liveAccount(context: Context, userId: UserId): Account | undefined {
  const account = context.users.get(userId);
  return account === undefined || account.retired || account.suspended ? undefined : account;
}

function join(context: Context, roomId: RoomId, actor: Account, account: Account): void {
  appendEntry(context, roomId, actor, {
    $case: 'memberJoined',
    value: { userId: account.userId, displayName: account.displayName },
  });
}

function emptyRoom(
  context: Context,
  roomId: RoomId,
  creator: Account,
  settings: RoomSettings,
): Room {
  return {
    roomId,
    settings,
    nameKey: '',
    code: '',
    creatorId: creator.userId,
    createdMs: context.nowMs,
    memberCount: 0,
    ownerCount: 0,
    headSeq: 0,
    headHash: ZERO_HASH,
    headMs: context.nowMs,
    directUserIds: [],
  };
}
