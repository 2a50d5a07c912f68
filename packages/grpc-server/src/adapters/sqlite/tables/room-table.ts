import type { RoomId, RoomKind, UserId } from '@chat/protocol';
import type { Room } from '../../../domain/room.ts';
import { blob, num, orNone, type Row, type Sql, text } from '../sql.ts';

/** What a room row holds beside the room. */
export interface RoomKeys {
  /** Sorted user ids of a direct room; empty for other kinds. */
  readonly directKey: string;
  /** The creator's request id; empty = none. */
  readonly requestId: string;
}

/**
 * Rooms by id, held in memory while this connection is the only writer: heads change with every entry, but are written
 * once per commit, by flush().
 */
export class RoomTable {
  private readonly sql: Sql;
  private readonly cached = new Map<RoomId, Room | undefined>();
  private readonly dirty = new Set<RoomId>();

  constructor(sql: Sql) {
    this.sql = sql;
  }

  get(roomId: RoomId): Room | undefined {
    if (this.cached.has(roomId)) return this.cached.get(roomId);
    const row = this.sql.get('SELECT * FROM rooms WHERE room_id = ?', roomId);
    const room = row === undefined ? undefined : toRoom(row);
    this.cached.set(roomId, room);
    return room;
  }

  /** The room that has this value in a unique column. */
  findBy(column: 'code' | 'public_name' | 'direct_key', value: string): Room | undefined {
    return this.byRow(this.sql.get(FIND[column], value));
  }

  findByRequest(creatorId: UserId, requestId: string): Room | undefined {
    const find = `SELECT room_id FROM rooms WHERE creator_id = ? AND request_id = ? AND request_id <> ''`;
    return this.byRow(this.sql.get(find, creatorId, requestId));
  }

  insert(room: Room, keys: RoomKeys): void {
    this.sql.run(
      `INSERT INTO rooms (room_id, kind, name, name_key, topic, code, password_hash, slow_mode_seconds, guests_allowed,
        archived, creator_id, created_ms, member_count, owner_count, head_seq, head_hash, head_ms, direct_key, request_id)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      room.roomId,
      room.settings.kind,
      room.settings.name,
      room.nameKey,
      room.settings.topic,
      room.code,
      room.settings.passwordHash ?? null,
      room.settings.slowModeSeconds,
      Number(room.settings.guestsAllowed),
      Number(room.settings.archived),
      room.creatorId,
      room.createdMs,
      room.memberCount,
      room.ownerCount,
      room.headSeq,
      room.headHash,
      room.headMs,
      keys.directKey,
      keys.requestId,
    );
    this.cached.set(room.roomId, room);
  }

  /** Sets the room; a change of head and counts alone waits for flush(). */
  set(room: Room): void {
    const before = this.cached.get(room.roomId);
    this.cached.set(room.roomId, room);
    this.dirty.add(room.roomId);
    if (before?.settings === room.settings && before.code === room.code) return;
    this.sql.run(
      `UPDATE rooms SET kind = ?, name = ?, name_key = ?, topic = ?, code = ?, password_hash = ?,
        slow_mode_seconds = ?, guests_allowed = ?, archived = ? WHERE room_id = ?`,
      room.settings.kind,
      room.settings.name,
      room.nameKey,
      room.settings.topic,
      room.code,
      room.settings.passwordHash ?? null,
      room.settings.slowModeSeconds,
      Number(room.settings.guestsAllowed),
      Number(room.settings.archived),
      room.roomId,
    );
  }

  /** Removes the room with everything that hangs on it. */
  delete(roomId: RoomId): void {
    for (const table of ['entries', 'edits', 'mentions', 'votes', 'members', 'bans', 'invites']) {
      this.sql.run(`DELETE FROM ${table} WHERE room_id = ?`, roomId);
    }
    this.sql.run('DELETE FROM rooms WHERE room_id = ?', roomId);
    this.cached.set(roomId, undefined);
    this.dirty.delete(roomId);
  }

  /** Writes the heads that changed. Called before each commit. */
  flush(): void {
    for (const roomId of this.dirty) {
      const room = this.cached.get(roomId);
      if (room === undefined) continue;
      this.sql.run(
        `UPDATE rooms SET member_count = ?, owner_count = ?, head_seq = ?, head_hash = ?, head_ms = ? WHERE room_id = ?`,
        room.memberCount,
        room.ownerCount,
        room.headSeq,
        room.headHash,
        room.headMs,
        roomId,
      );
    }
    this.dirty.clear();
  }

  /** Forgets what is held. Called after a rollback, and by a reader before each transaction. */
  forget(): void {
    this.cached.clear();
    this.dirty.clear();
  }

  /** How many rooms are held. */
  get size(): number {
    return this.cached.size;
  }

  private byRow(row: Row | undefined): Room | undefined {
    // Written by insert(), where it was a RoomId.
    return row === undefined ? undefined : this.get(text(row, 'room_id') as RoomId);
  }
}

const FIND = {
  code: `SELECT room_id FROM rooms WHERE code = ? AND code <> ''`,
  public_name: 'SELECT room_id FROM rooms WHERE name_key = ? AND kind = 1',
  direct_key: `SELECT room_id FROM rooms WHERE direct_key = ? AND direct_key <> ''`,
} as const;

/** A row of rooms as a room. */
export function toRoom(row: Row): Room {
  const directKey = text(row, 'direct_key');
  return {
    // Ids and kinds were checked when they were written.
    roomId: text(row, 'room_id') as RoomId,
    settings: {
      kind: num(row, 'kind') as RoomKind,
      name: text(row, 'name'),
      topic: text(row, 'topic'),
      passwordHash: orNone(row, 'password_hash', text),
      slowModeSeconds: num(row, 'slow_mode_seconds'),
      guestsAllowed: num(row, 'guests_allowed') === 1,
      archived: num(row, 'archived') === 1,
    },
    nameKey: text(row, 'name_key'),
    code: text(row, 'code'),
    creatorId: text(row, 'creator_id') as UserId,
    createdMs: num(row, 'created_ms'),
    memberCount: num(row, 'member_count'),
    ownerCount: num(row, 'owner_count'),
    headSeq: num(row, 'head_seq'),
    headHash: blob(row, 'head_hash'),
    headMs: num(row, 'head_ms'),
    directUserIds: directKey === '' ? [] : (directKey.split(' ') as UserId[]),
  };
}
