import type { UserId } from '@chat/protocol';
import { accept } from '../../../domain/outcome.ts';
import type { Room } from '../../../domain/room.ts';
import { requireMember } from '../../../domain/standing.ts';
import type {
  MyRoomView,
  NamedMember,
  Page,
  RoomDirectory,
  RoomKey,
} from '../../../ports/rooms.ts';
import type { Context, Operations } from '../context.ts';
import { num, text } from '../sql.ts';
import { toMember } from '../tables/member-table.ts';
import { toRoom } from '../tables/room-table.ts';
import { countUnread } from './count-unread.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { findLiveInvite } from './invite-operations.ts';
import { view } from './room-operations.ts';
import { standingOf } from './standing-of.ts';

/** Questions about rooms inside a transaction. */
export const directoryOperations: Operations<RoomDirectory> = {
  find(context, by, askerId) {
    const room = findRoom(context, by);
    return room === undefined ? undefined : view(context, room, askerId, true);
  },

  listMine(context, userId) {
    const mine: MyRoomView[] = [];
    for (const roomId of context.members.roomIdsOf(userId)) {
      const room = context.rooms.get(roomId);
      const member = context.members.get(roomId, userId);
      if (room === undefined || member === undefined) continue;
      mine.push({ room, member, unread: countUnread(context, member) });
    }
    return mine.toSorted((a, b) => b.room.headMs - a.room.headMs);
  },

  listPublic(context, { nameKeyPrefix, after, limit }) {
    const [count, roomId] =
      after === undefined ? [Number.MAX_SAFE_INTEGER, ''] : fromCursor(after, ['number', 'string']);
    const rows = context.sql.all(
      `SELECT * FROM rooms WHERE kind = 1 AND archived = 0 AND substr(name_key, 1, length(?)) = ?
        AND (member_count < ? OR (member_count = ? AND room_id > ?))
       ORDER BY member_count DESC, room_id LIMIT ?`,
      nameKeyPrefix,
      nameKeyPrefix,
      count ?? 0,
      count ?? 0,
      roomId ?? '',
      limit + 1,
    );
    return toPage(rows.map(toRoom), limit, (room) => [room.memberCount, room.roomId]);
  },

  listMembers(context, { roomId, askerId, after, limit }) {
    if (askerId !== undefined) {
      const standing = requireMember(standingOf(context, roomId, askerId));
      if (!standing.ok) return standing;
    }
    const [role, nameKey, userId] =
      after === undefined
        ? [Number.MAX_SAFE_INTEGER, '', '']
        : fromCursor(after, ['number', 'string', 'string']);
    const rows = context.sql.all(
      `SELECT m.*, u.display_name, u.name_key FROM members m JOIN users u ON u.user_id = m.user_id
       WHERE m.room_id = ? AND (m.role < ? OR (m.role = ? AND (u.name_key, m.user_id) > (?, ?)))
       ORDER BY m.role DESC, u.name_key, m.user_id LIMIT ?`,
      roomId,
      role ?? 0,
      role ?? 0,
      nameKey ?? '',
      userId ?? '',
      limit + 1,
    );
    const named = rows.map((row) => ({
      member: { ...toMember(row), displayName: text(row, 'display_name') },
      nameKey: text(row, 'name_key'),
    }));
    const page = toPage(named, limit, (one) => [one.member.role, one.nameKey, one.member.userId]);
    return accept<Page<NamedMember>>({ ...page, items: page.items.map((one) => one.member) });
  },

  listReadCursors(context, { roomId, askerId }) {
    const standing = requireMember(standingOf(context, roomId, askerId));
    if (!standing.ok) return standing;
    const find =
      'SELECT user_id, read_seq FROM members WHERE room_id = ? AND read_seq > join_seq ORDER BY user_id';
    return accept(
      context.sql.all(find, roomId).map((row) => ({
        // Checked when it was written.
        userId: text(row, 'user_id') as UserId,
        seq: num(row, 'read_seq'),
      })),
    );
  },
};

function findRoom(context: Context, by: RoomKey): Room | undefined {
  if ('roomId' in by) return context.rooms.get(by.roomId);
  if ('code' in by) return context.rooms.findBy('code', by.code);
  if ('publicNameKey' in by) return context.rooms.findBy('public_name', by.publicNameKey);
  const invite = findLiveInvite(context, by.inviteCode);
  return invite === undefined ? undefined : context.rooms.get(invite.roomId);
}

/** One more item than the limit was read, to know whether there is a next page. */
export function toPage<T>(
  items: readonly T[],
  limit: number,
  key: (item: T) => readonly (string | number)[],
): Page<T> {
  const kept = items.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept,
    next: items.length > limit && last !== undefined ? toCursor(key(last)) : undefined,
  };
}
