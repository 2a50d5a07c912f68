import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Rows per second that SQLite commits with fsync (WAL, FULL) in batches of this size, with nothing around it. */
export function bareInsertsPerSecond(batchSize: number, durationMs: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'chat-bench-sqlite-'));
  const database = new DatabaseSync(join(folder, 'bare.db'));
  try {
    database.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    database.exec(
      'CREATE TABLE entry (room INTEGER, seq INTEGER, content BLOB, PRIMARY KEY (room, seq)) WITHOUT ROWID',
    );
    const insert = database.prepare('INSERT INTO entry VALUES (?, ?, ?)');
    const content = new Uint8Array(160);
    const startMs = performance.now();
    let rows = 0;
    while (performance.now() - startMs < durationMs) {
      database.exec('BEGIN IMMEDIATE');
      for (let at = 0; at < batchSize; at += 1) {
        rows += 1;
        insert.run(rows % 10, rows, content);
      }
      database.exec('COMMIT');
    }
    return rows / ((performance.now() - startMs) / 1000);
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
