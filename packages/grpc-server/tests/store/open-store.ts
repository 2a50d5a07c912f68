import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore } from '../../src/adapters/memory/memory-store.ts';
import { openSqliteStore } from '../../src/adapters/sqlite/sqlite-store.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Store, StoreHealth } from '../../src/ports/store.ts';

/** A clock that only moves by hand. */
export interface HandClock extends Clock {
  advance(ms: number): void;
}

/** Makes a clock that stands at some day in 2026. */
export function createHandClock(): HandClock {
  let nowMs = 1_780_000_000_000;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

/** Opens a fresh store of one kind. */
export type OpenStore = (clock: Clock) => Promise<Store>;

/** A store in memory. */
export const openMemory: OpenStore = (clock) =>
  Promise.resolve(createMemoryStore({ clock, epoch: 'epoch-of-test' }));

/** A directory that is removed by the returned function. */
export function makeDataDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'chat-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens the store of a directory. */
export function openAt(
  dataDirectory: string,
  clock: Clock = createHandClock(),
  onHealth: (health: StoreHealth) => void = () => undefined,
): Promise<Store> {
  return openSqliteStore({ dataDirectory, clock, newEpoch: 'epoch-of-test', onHealth });
}

/** A store on disk whose directory goes with it. */
export const openSqlite: OpenStore = async (clock) => {
  const directory = makeDataDirectory();
  const store = await openAt(directory.path, clock);
  const close = async (): Promise<void> => {
    await store.close();
    directory.remove();
  };
  return { ...store, close };
};
