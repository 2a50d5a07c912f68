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

/**
 * Takes the data directory for this store alone. The lock is the operating system's, held through an SQLite file, so
 * it ends with the process, however that ends: there is no stale lock to clean up. Throws DataInUseError.
 */
export function lockDataDirectory(directory: string): DataLock {
  const path = join(directory, 'chat.lock');
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new DataInUseError(
      `The data directory ${directory} is used by another running server (${path} is locked). Stop it, or choose another directory with CHAT_DATA_DIR.`,
      { cause },
    );
  }
  return {
    release: () => {
      if (database.isOpen) database.close();
    },
  };
}
