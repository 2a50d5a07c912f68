import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { Store, StoreHealth } from '../../ports/store.ts';
import { assembleStore } from './assemble-store.ts';
import { lockDataDirectory } from './data-lock.ts';
import { NewerSchemaError } from './migrate.ts';
import type { OpenResult } from './store-link.ts';
import { createWorkerLink } from './worker-link.ts';

/** Name of the database inside the data directory. */
const DATABASE_FILE = 'chat.db';

/** What a store on disk needs. */
export interface SqliteStoreOptions {
  /** Made when absent, readable by the owner only. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  /** Epoch of a store that is new; ignored by one that has its own. */
  readonly newEpoch: string;
  /** Called when the store fails or works again. */
  readonly onHealth: (health: StoreHealth) => void;
}

/**
 * Opens the store of a data directory: one thread that writes, one that reads. The caller closes it.
 * Throws DataInUseError, NewerSchemaError, or an Error that says why the file cannot be used.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  mkdirSync(options.dataDirectory, { recursive: true, mode: 0o700 });
  const lock = lockDataDirectory(options.dataDirectory);
  const path = join(options.dataDirectory, DATABASE_FILE);
  const setup = { path, newEpoch: options.newEpoch };
  const [writer, reader] = await Promise.all([
    createWorkerLink({ ...setup, role: 'writer' }),
    createWorkerLink({ ...setup, role: 'reader' }),
  ]);
  // The writer made and migrated the file that the reader opens.
  const opened = writer.opened.ok ? await reader.link.reopen() : writer.opened;
  if (!writer.opened.ok || !opened.ok) {
    await Promise.all([writer.link.close(), reader.link.close()]);
    lock.release();
    throw toError(opened);
  }
  return assembleStore({
    epoch: writer.opened.epoch,
    writer: writer.link,
    reader: reader.link,
    clock: options.clock,
    onHealth: options.onHealth,
    release: () => lock.release(),
  });
}

function toError(opened: OpenResult): Error {
  if (opened.ok) return new Error('The store cannot be opened.');
  if (opened.name === 'NewerSchemaError') return new NewerSchemaError(opened.detail);
  return new Error(`The store cannot be opened: ${opened.detail}`);
}
