import { hash as digest } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { RoomId, UserId } from '@chat/protocol';
import { blob, num, orNone, type Row, type Sql, text } from '../sql.ts';

/** An entry as stored. */
export interface EntryRow {
  readonly roomId: RoomId;
  readonly seq: number;
  readonly kind: number;
  readonly timeMs: number;
  readonly actorId: UserId;
  readonly actorName: string;
  /** Serialized message of the content case, as first written unless scrubbed. */
  readonly content: Uint8Array;
  /** SHA-256 of the content as first written. */
  readonly contentHash: Uint8Array;
  /** Chained hash. */
  readonly hash: Uint8Array;
  readonly clientMessageId: string | undefined;
  /** MessagePosted in its newest state; undefined while nothing was folded into it. */
  readonly state: Uint8Array | undefined;
  /** True when the content first written was wiped by a deletion. */
  readonly scrubbed: boolean;
  /** Of a wiped post: SHA-256 of what a retry is compared with. */
  readonly comparableHash: Uint8Array | undefined;
}

/** The log itself. Rows are appended; only `state` changes later, and a deletion wipes content. */
export class EntryTable {
  private readonly sql: Sql;

  constructor(sql: Sql) {
    this.sql = sql;
  }

  /** Throws when (room, seq) or (room, actor, client message id) exists: the fence of the log. */
  insert(entry: EntryRow): void {
    this.sql.run(
      `INSERT INTO entries (room_id, seq, kind, time_ms, actor_id, actor_name, content, content_hash, hash,
        client_message_id, checksum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.roomId,
      entry.seq,
      entry.kind,
      entry.timeMs,
      entry.actorId,
      entry.actorName,
      entry.content,
      entry.contentHash,
      entry.hash,
      entry.clientMessageId ?? null,
      checksum(entry),
    );
  }

  /** Replaces state or content of an entry. */
  update(entry: EntryRow): void {
    this.sql.run(
      `UPDATE entries SET content = ?, state = ?, scrubbed = ?, comparable_hash = ?, checksum = ?
       WHERE room_id = ? AND seq = ?`,
      entry.content,
      entry.state ?? null,
      Number(entry.scrubbed),
      entry.comparableHash ?? null,
      checksum(entry),
      entry.roomId,
      entry.seq,
    );
  }

  get(roomId: RoomId, seq: number): EntryRow | undefined {
    const row = this.sql.get('SELECT * FROM entries WHERE room_id = ? AND seq = ?', roomId, seq);
    return row === undefined ? undefined : toEntryRow(row);
  }

  findByClientId(roomId: RoomId, actorId: UserId, clientMessageId: string): EntryRow | undefined {
    const row = this.sql.get(
      'SELECT * FROM entries WHERE room_id = ? AND actor_id = ? AND client_message_id = ?',
      roomId,
      actorId,
      clientMessageId,
    );
    return row === undefined ? undefined : toEntryRow(row);
  }

  /** Entries from..to, both included, oldest first. */
  range(roomId: RoomId, from: number, to: number): EntryRow[] {
    const find = 'SELECT * FROM entries WHERE room_id = ? AND seq BETWEEN ? AND ? ORDER BY seq';
    return this.sql.all(find, roomId, from, to).map(toEntryRow);
  }

  /** seqs of the edits of a message. */
  editsOf(roomId: RoomId, messageSeq: number): number[] {
    return this.sql
      .all('SELECT seq FROM edits WHERE room_id = ? AND message_seq = ?', roomId, messageSeq)
      .map((row) => num(row, 'seq'));
  }

  addEdit(roomId: RoomId, messageSeq: number, seq: number): void {
    const insert = 'INSERT INTO edits (room_id, message_seq, seq) VALUES (?, ?, ?)';
    this.sql.run(insert, roomId, messageSeq, seq);
  }

  /** Says whom a message addresses; '' = everyone. Replaces what was said before. */
  setMentions(roomId: RoomId, seq: number, old: readonly string[], now: readonly string[]): void {
    for (const userId of old) {
      const remove = 'DELETE FROM mentions WHERE room_id = ? AND user_id = ? AND seq = ?';
      this.sql.run(remove, roomId, userId, seq);
    }
    for (const userId of now) {
      const insert =
        'INSERT INTO mentions (room_id, user_id, seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
      this.sql.run(insert, roomId, userId, seq);
    }
  }

  vote(roomId: RoomId, messageSeq: number, userId: UserId): number[] {
    const find = 'SELECT options FROM votes WHERE room_id = ? AND message_seq = ? AND user_id = ?';
    const row = this.sql.get(find, roomId, messageSeq, userId);
    return row === undefined ? [] : text(row, 'options').split(',').map(Number);
  }

  setVote(roomId: RoomId, messageSeq: number, userId: UserId, options: readonly number[]): void {
    const remove = 'DELETE FROM votes WHERE room_id = ? AND message_seq = ? AND user_id = ?';
    this.sql.run(remove, roomId, messageSeq, userId);
    if (options.length === 0) return;
    const insert = 'INSERT INTO votes (room_id, message_seq, user_id, options) VALUES (?, ?, ?, ?)';
    this.sql.run(insert, roomId, messageSeq, userId, options.join(','));
  }
}

/** SHA-256. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return digest('sha256', bytes, 'buffer');
}

/** The columns that the hash chain does not cover, so that a flipped bit in them is noticed too (G18). */
export function checksum(entry: EntryRow): number {
  const head = `${entry.timeMs} ${entry.actorId} ${entry.clientMessageId ?? ''} ${entry.actorName}`;
  const sum = crc32(head, Number(entry.scrubbed));
  return entry.state === undefined ? sum : crc32(entry.state, sum);
}

/** Reads the row and checks it against its checksum and hash. Throws CorruptEntryError. */
export function toEntryRow(row: Row): EntryRow {
  const entry: EntryRow = {
    // Ids were checked when they were written.
    roomId: text(row, 'room_id') as RoomId,
    seq: num(row, 'seq'),
    kind: num(row, 'kind'),
    timeMs: num(row, 'time_ms'),
    actorId: text(row, 'actor_id') as UserId,
    actorName: text(row, 'actor_name'),
    content: blob(row, 'content'),
    contentHash: blob(row, 'content_hash'),
    hash: blob(row, 'hash'),
    clientMessageId: orNone(row, 'client_message_id', text),
    state: orNone(row, 'state', blob),
    scrubbed: num(row, 'scrubbed') === 1,
    comparableHash: orNone(row, 'comparable_hash', blob),
  };
  const intact =
    checksum(entry) === num(row, 'checksum') &&
    (entry.scrubbed || Buffer.compare(sha256(entry.content), entry.contentHash) === 0);
  if (!intact) throw new CorruptEntryError(entry.roomId, entry.seq);
  return entry;
}

/** The disk gave back something else than was written. Never served; the store stops. */
export class CorruptEntryError extends Error {
  override readonly name = 'CorruptEntryError';

  constructor(roomId: RoomId, seq: number) {
    super(`Entry ${seq} of room ${roomId} is damaged.`);
  }
}
