import {
  decodeEntryContent,
  Entry,
  MessagePosted,
  type Message,
  toTimestamp,
  toWireSeq,
} from '@chat/protocol';
import type { StoredEntry } from '../../ports/room-log.ts';
import { type EntryRow, sha256 } from './tables/entry-table.ts';
import type { EntryContent } from '../../domain/log-entry.ts';

/** h_0. */
export const ZERO_HASH = new Uint8Array(32);
/** The kind of messagePosted. */
export const POSTED = 10;

const EMPTY = new Uint8Array(0);
const WIRE_BYTES = 2;

/** h_n = SHA-256(h_(n-1) ‖ seq u64be ‖ kind u8 ‖ SHA-256(content)). */
export function chainHash(
  before: Uint8Array,
  seq: number,
  kind: number,
  contentHash: Uint8Array,
): Uint8Array {
  const link = Buffer.allocUnsafe(73);
  link.set(before, 0);
  link.writeUInt32BE(Math.floor(seq / 2 ** 32), 32);
  link.writeUInt32BE(seq >>> 0, 36);
  link[40] = kind;
  link.set(contentHash, 41);
  return sha256(link);
}

/** The row as a serialized chat.v1.Entry. The content is copied as it is stored, not encoded again. */
export function toStoredEntry(row: EntryRow): StoredEntry {
  const changed = row.scrubbed || row.state !== undefined;
  const bytes = Entry.encode({
    seq: toWireSeq(row.seq),
    time: toTimestamp(row.timeMs),
    actorId: row.actorId,
    actorName: row.actorName,
    hash: row.hash,
    contentHash: changed ? row.contentHash : EMPTY,
    content: undefined,
  })
    .uint32(row.kind * 8 + WIRE_BYTES)
    .bytes(row.state ?? row.content)
    .finish();
  return { seq: row.seq, bytes };
}

/** The message of a posted entry in its newest state; undefined when the entry is of another kind. */
export function toMessageState(row: EntryRow): Message | undefined {
  if (row.kind !== POSTED) return undefined;
  return MessagePosted.decode(row.state ?? row.content).message;
}

/** The content as stored. */
export function toContent(row: EntryRow): EntryContent {
  const content = decodeEntryContent(row.kind, row.content);
  if (content === undefined) throw new Error(`Entry kind ${row.kind} is unknown.`);
  return content;
}
