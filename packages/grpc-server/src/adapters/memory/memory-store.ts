import type { Clock } from '../../ports/clock.ts';
import type { Store } from '../../ports/store.ts';
import { assembleStore } from '../sqlite/assemble-store.ts';
import { type BatchReply, Engine } from '../sqlite/engine.ts';
import { openForWriting } from '../sqlite/open-store-file.ts';
import type { StoreLink } from '../sqlite/store-link.ts';

/** What a store in memory needs. */
export interface MemoryStoreOptions {
  readonly clock: Clock;
  readonly epoch: string;
}

/**
 * A store that lives as long as the process: for tests and trials. The same tables and operations as on disk, in a
 * private in-memory database on the caller's thread, so that it cannot disagree with the real one.
 */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  const { sql, epoch } = openForWriting(':memory:', options.epoch);
  const engine = new Engine(sql);
  let closed = false;
  const link = (run: (calls: Parameters<StoreLink['run']>[0]) => BatchReply): StoreLink => ({
    run: (calls) => Promise.resolve(run(calls)),
    reopen: () => Promise.resolve({ ok: true, epoch }),
    close: () => {
      if (!closed) engine.close();
      closed = true;
      return Promise.resolve();
    },
  });
  return assembleStore({
    epoch,
    writer: link((calls) => engine.write(calls)),
    reader: link((calls) => engine.read(calls)),
    clock: options.clock,
    onHealth: () => undefined,
    release: () => undefined,
  });
}
