import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another server has the data directory open. */
export class DataInUseError extends Error {
  override readonly name = 'DataInUseError';
}

/** The right to use a data directory. */
export interface DataLock {
  /** Gives it back. May be called twice. */
  release(): void;
}

/** SQLITE_BUSY. */
const BUSY = 5;

/**
 * Takes the data directory for this store alone. The lock is the operating system's, held through an SQLite file, so
 * it ends with the process, however that ends: there is no stale lock to clean up. Throws DataInUseError, or an Error
 * that names the file when it cannot be written.
 */
export function lockDataDirectory(directory: string): DataLock {
  const path = join(directory, 'chat.lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    throw toError(directory, path, cause);
  }
  const held = database;
  return {
    release: () => {
      if (held.isOpen) held.close();
    },
  };
}

function toError(directory: string, path: string, cause: unknown): Error {
  const busy =
    typeof cause === 'object' && cause !== null && 'errcode' in cause && cause.errcode === BUSY;
  if (!busy)
    return new Error(`The data directory cannot be used: ${path}: ${String(cause)}`, { cause });
  return new DataInUseError(
    `The data directory ${directory} is used by another running server (${path} is locked). Stop it, or choose another directory with CHAT_DATA_DIR.`,
    { cause },
  );
}
