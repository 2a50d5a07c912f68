import type { RoomId } from '@chat/protocol';
import { createTables } from './context.ts';
import { migrate, readEpoch } from './migrate.ts';
import { verifyPage } from './operations/log-operations.ts';
import { num, Sql, text } from './sql.ts';

/** Rooms whose newest entries are checked at start: the most active ones, so that a big store starts in a second. */
const VERIFIED_ROOMS = 1_000;
/** Newest entries checked per room: what a crash or a torn page would hit. */
const VERIFIED_ENTRIES = 16;

/** Opens the store for writing: migrated, with an epoch, its newest entries checked. Throws when it is not fit. */
export function openForWriting(
  path: string,
  newEpoch: string,
): { readonly sql: Sql; readonly epoch: string } {
  const sql = new Sql(path, { readOnly: false });
  try {
    migrate(sql, newEpoch);
    verifyTails(sql);
    return { sql, epoch: readEpoch(sql) };
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** What a probe writes: room for a batch of ordinary messages. */
const PROBE_BYTES = 65_536;

/** Writes and commits something, to see that the disk has room and takes it. Throws when it does not. */
export function probe(sql: Sql): void {
  const mark = `INSERT INTO meta (key, value) VALUES ('probe', ?) ON CONFLICT DO UPDATE SET value = excluded.value`;
  sql.run(mark, '.'.repeat(PROBE_BYTES));
  sql.run(mark, '');
}

/** Checks hash, chain and head of the newest entries (G18). Throws CorruptEntryError. */
function verifyTails(sql: Sql): void {
  const tables = createTables(sql);
  const context = { ...tables, nowMs: 0, events: [] };
  const heads = sql.all(
    'SELECT room_id, head_seq FROM rooms ORDER BY head_ms DESC LIMIT ?',
    VERIFIED_ROOMS,
  );
  for (const row of heads) {
    // Written as a RoomId.
    const roomId = text(row, 'room_id') as RoomId;
    const to = num(row, 'head_seq');
    const from = Math.max(1, to - VERIFIED_ENTRIES + 1);
    verifyPage(context, roomId, tables.entries.range(roomId, from, to), from, to);
  }
}
