import { num, type Sql, text } from './sql.ts';
import { MIGRATIONS } from './schema.ts';

/** The file was written by a newer version of this program; opening it could destroy what we do not know. */
export class NewerSchemaError extends Error {
  override readonly name = 'NewerSchemaError';
}

/** Brings the store to the newest schema in one transaction, and gives it an epoch when it is new. */
export function migrate(
  sql: Sql,
  newEpoch: string,
  migrations: readonly string[] = MIGRATIONS,
): void {
  const version = schemaVersion(sql);
  if (version > migrations.length) {
    throw new NewerSchemaError(
      `The store has schema ${version}, this program knows ${migrations.length}: start the newer version.`,
    );
  }
  if (version === migrations.length) return;
  sql.exec('BEGIN IMMEDIATE');
  try {
    for (const step of migrations.slice(version)) sql.exec(step);
    sql.exec(`PRAGMA user_version = ${migrations.length}`);
    sql.run(`INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING`, newEpoch);
    sql.exec('COMMIT');
  } catch (error) {
    sql.exec('ROLLBACK');
    throw error;
  }
}

/** The epoch given when the store was made. */
export function readEpoch(sql: Sql): string {
  const row = sql.get(`SELECT value FROM meta WHERE key = 'epoch'`);
  if (row === undefined) throw new Error('The store has no epoch.');
  return text(row, 'value');
}

function schemaVersion(sql: Sql): number {
  const row = sql.get('PRAGMA user_version');
  return row === undefined ? 0 : num(row, 'user_version');
}
