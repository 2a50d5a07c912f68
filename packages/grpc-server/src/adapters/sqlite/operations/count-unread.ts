import type { Member } from '../../../domain/room.ts';
import type { Unread } from '../../../ports/rooms.ts';
import type { Context } from '../context.ts';
import { num } from '../sql.ts';

/** Counting stops here: it is shown as "99+", and a list of rooms must not read a thousand entries of each. */
const MAX_UNREAD = 100;

/** What a member has not read: messages of others that are not deleted. */
export function countUnread({ sql }: Context, member: Member): Unread {
  const { roomId, userId, readSeq } = member;
  const messages = sql.get(
    `SELECT count(*) AS n FROM (SELECT 1 FROM entries WHERE room_id = ? AND seq > ? AND kind = 10
      AND actor_id <> ? AND scrubbed = 0 LIMIT ${MAX_UNREAD})`,
    roomId,
    readSeq,
    userId,
  );
  const mentions = sql.get(
    `SELECT count(*) AS n FROM (SELECT DISTINCT m.seq FROM mentions m
      JOIN entries e ON e.room_id = m.room_id AND e.seq = m.seq
      WHERE m.room_id = ? AND m.user_id IN (?, '') AND m.seq > ? AND e.actor_id <> ? LIMIT ${MAX_UNREAD})`,
    roomId,
    userId,
    readSeq,
    userId,
  );
  return {
    readSeq,
    messages: messages === undefined ? 0 : num(messages, 'n'),
    mentions: mentions === undefined ? 0 : num(mentions, 'n'),
  };
}
