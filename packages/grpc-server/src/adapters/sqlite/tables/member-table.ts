import type { Role, RoomId, UserId } from '@chat/protocol';
import type { Ban, Member } from '../../../domain/room.ts';
import { num, orNone, type Row, type Sql, text } from '../sql.ts';

/** Members and bans. Members are held in memory while this connection is the only writer. */
export class MemberTable {
  private readonly sql: Sql;
  private readonly cached = new Map<string, Member | undefined>();

  constructor(sql: Sql) {
    this.sql = sql;
  }

  get(roomId: RoomId, userId: UserId): Member | undefined {
    const key = toKey(roomId, userId);
    if (this.cached.has(key)) return this.cached.get(key);
    const row = this.sql.get(
      'SELECT * FROM members WHERE room_id = ? AND user_id = ?',
      roomId,
      userId,
    );
    const member = row === undefined ? undefined : toMember(row);
    this.cached.set(key, member);
    return member;
  }

  set(member: Member): void {
    this.cached.set(toKey(member.roomId, member.userId), member);
    this.sql.run(
      `INSERT INTO members (room_id, user_id, role, joined_ms, join_seq, muted_until_ms, last_post_ms, read_seq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET role = excluded.role, joined_ms = excluded.joined_ms, join_seq = excluded.join_seq,
        muted_until_ms = excluded.muted_until_ms, last_post_ms = excluded.last_post_ms, read_seq = excluded.read_seq`,
      member.roomId,
      member.userId,
      member.role,
      member.joinedMs,
      member.joinSeq,
      member.mutedUntilMs ?? null,
      member.lastPostMs,
      member.readSeq,
    );
  }

  delete(roomId: RoomId, userId: UserId): void {
    this.cached.set(toKey(roomId, userId), undefined);
    this.sql.run('DELETE FROM members WHERE room_id = ? AND user_id = ?', roomId, userId);
  }

  /** All members of a room. */
  userIdsOf(roomId: RoomId): UserId[] {
    return this.sql
      .all('SELECT user_id FROM members WHERE room_id = ? ORDER BY join_seq', roomId)
      .map((row) => text(row, 'user_id') as UserId);
  }

  /** All rooms of a user. */
  roomIdsOf(userId: UserId): RoomId[] {
    return this.sql
      .all('SELECT room_id FROM members WHERE user_id = ? ORDER BY room_id', userId)
      .map((row) => text(row, 'room_id') as RoomId);
  }

  /** Who would own the room if this member left: the highest role, then the longest membership. */
  successorOf(roomId: RoomId, userId: UserId): Member | undefined {
    const row = this.sql.get(
      'SELECT * FROM members WHERE room_id = ? AND user_id <> ? ORDER BY role DESC, join_seq LIMIT 1',
      roomId,
      userId,
    );
    return row === undefined ? undefined : toMember(row);
  }

  ban(roomId: RoomId, userId: UserId): Ban | undefined {
    const find = 'SELECT until_ms FROM bans WHERE room_id = ? AND user_id = ?';
    const row = this.sql.get(find, roomId, userId);
    return row === undefined ? undefined : { userId, untilMs: orNone(row, 'until_ms', num) };
  }

  setBan(roomId: RoomId, userId: UserId, ban: Ban | undefined): void {
    this.sql.run('DELETE FROM bans WHERE room_id = ? AND user_id = ?', roomId, userId);
    if (ban === undefined) return;
    const insert = 'INSERT INTO bans (room_id, user_id, until_ms) VALUES (?, ?, ?)';
    this.sql.run(insert, roomId, userId, ban.untilMs ?? null);
  }

  /** Forgets what is held. */
  forget(): void {
    this.cached.clear();
  }

  /** How many members are held. */
  get size(): number {
    return this.cached.size;
  }
}

/** A row of members as a member. */
export function toMember(row: Row): Member {
  return {
    // Ids and roles were checked when they were written.
    roomId: text(row, 'room_id') as RoomId,
    userId: text(row, 'user_id') as UserId,
    role: num(row, 'role') as Role,
    joinedMs: num(row, 'joined_ms'),
    joinSeq: num(row, 'join_seq'),
    mutedUntilMs: orNone(row, 'muted_until_ms', num),
    lastPostMs: num(row, 'last_post_ms'),
    readSeq: num(row, 'read_seq'),
  };
}

// Ids hold no space.
function toKey(roomId: RoomId, userId: UserId): string {
  return `${roomId} ${userId}`;
}
