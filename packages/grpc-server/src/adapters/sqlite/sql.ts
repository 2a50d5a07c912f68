import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** A row as SQLite gives it. */
export type Row = Readonly<Record<string, null | number | bigint | string | Uint8Array>>;

/** Oldest SQLite whose WAL-reset fix is in; checked at start. */
export const MIN_SQLITE_VERSION = '3.51.3';

/** How long a connection waits for another one's lock. The reader waits for a checkpoint at most. */
const BUSY_TIMEOUT_MS = 5_000;

/** Pages held per connection: the inner pages of all indexes of a million entries. */
const CACHE_KIB = 16_384;

/** One connection with its statements, each prepared once. Owned by an Engine. */
export class Sql {
  private readonly database: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();

  /** Opens a file, or a private database with ":memory:". Throws when the version or the file is not fit. */
  constructor(path: string, options: { readonly readOnly: boolean }) {
    this.database = new DatabaseSync(path, { readOnly: options.readOnly });
    assertVersion(String(this.get('SELECT sqlite_version() AS version')?.['version']));
    this.database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    this.database.exec('PRAGMA foreign_keys = ON');
    this.database.exec('PRAGMA trusted_schema = OFF');
    this.database.exec('PRAGMA temp_store = MEMORY');
    this.database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    if (options.readOnly) return;
    this.database.exec('PRAGMA journal_mode = WAL');
    // FULL: the WAL is fsynced at each commit, so an acknowledged write survives power loss (G1).
    this.database.exec('PRAGMA synchronous = FULL');
    // Deleted text is overwritten in the file (G23) where that costs no extra write.
    this.database.exec('PRAGMA secure_delete = FAST');
    this.database.exec('PRAGMA wal_autocheckpoint = 4000');
  }

  /** The first row, or undefined. */
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.prepare(sql).get(...values);
  }

  /** All rows. */
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.prepare(sql).all(...values);
  }

  /** Runs a change; returns how many rows it changed. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.prepare(sql).run(...values).changes);
  }

  /** Runs statements that are not worth keeping. */
  exec(sql: string): void {
    this.database.exec(sql);
  }

  /** Closes the connection; an open transaction is rolled back. */
  close(): void {
    this.statements.clear();
    if (this.database.isOpen) this.database.close();
  }

  private prepare(sql: string): StatementSync {
    const known = this.statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.database.prepare(sql);
    this.statements.set(sql, statement);
    return statement;
  }
}

/** Throws when this SQLite is older than the one whose durability we rely on. */
export function assertVersion(version: string): void {
  const parts = version.split('.').map(Number);
  const wanted = MIN_SQLITE_VERSION.split('.').map(Number);
  for (const [index, part] of wanted.entries()) {
    const have = parts[index] ?? 0;
    if (have > part) return;
    if (have < part) {
      throw new Error(`SQLite ${version} is too old: ${MIN_SQLITE_VERSION} or newer is needed.`);
    }
  }
}

/** A column that is a number. Throws for a row that is not what the schema says. */
export function num(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`Column ${column} is no number.`);
  return value;
}

/** A column that is text. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`Column ${column} is no text.`);
  return value;
}

/** A column that is a blob. */
export function blob(row: Row, column: string): Uint8Array {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`Column ${column} is no blob.`);
  return value;
}

/** A column that may be NULL. */
export function orNone<T>(
  row: Row,
  column: string,
  read: (row: Row, column: string) => T,
): T | undefined {
  return row[column] === null ? undefined : read(row, column);
}
