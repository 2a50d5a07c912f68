import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { assembleStore } from '../../src/adapters/sqlite/assemble-store.ts';
import { DataInUseError } from '../../src/adapters/sqlite/data-lock.ts';
import { Engine } from '../../src/adapters/sqlite/engine.ts';
import { NewerSchemaError } from '../../src/adapters/sqlite/migrate.ts';
import { openForWriting, probe } from '../../src/adapters/sqlite/open-store-file.ts';
import { assertVersion, Sql } from '../../src/adapters/sqlite/sql.ts';
import type { StoreLink } from '../../src/adapters/sqlite/store-link.ts';
import type { Store, StoreHealth } from '../../src/ports/store.ts';
import { act, code, makeParty, makeUser, post, readLog, room, user, value } from './fixture.ts';
import { createHandClock, makeDataDirectory, openAt } from './open-store.ts';

// Each test starts threads and fsyncs, beside whatever else the machine does.
jest.setTimeout(20_000);

let directory: ReturnType<typeof makeDataDirectory>;
beforeEach(() => {
  directory = makeDataDirectory();
});
afterEach(() => directory.remove());

const file = (): string => join(directory.path, 'chat.db');

/** Changes the file behind the store's back. */
function tamper(sql: string): void {
  const database = new DatabaseSync(file());
  database.exec(sql);
  database.close();
}

test('a data directory belongs to one server at a time', async () => {
  const store = await openAt(directory.path);
  await expect(openAt(directory.path)).rejects.toThrow(DataInUseError);
  await store.close();
  const next = await openAt(directory.path);
  await next.close();
});

test('the epoch stays with the store', async () => {
  const first = await openAt(directory.path);
  expect(first.epoch).toBe('epoch-of-test');
  await makeUser(first, 'ann');
  await first.close();
  tamper(`UPDATE meta SET value = 'restored' WHERE key = 'epoch'`);
  const second = await openAt(directory.path);
  expect(second.epoch).toBe('restored');
  expect(await second.people.count()).toMatchObject({ users: 1 });
  await second.close();
});

test('a store of a newer version is refused and left as it is', async () => {
  await (await openAt(directory.path)).close();
  tamper('PRAGMA user_version = 99');
  await expect(openAt(directory.path)).rejects.toThrow(NewerSchemaError);
  await expect(openAt(directory.path)).rejects.toThrow('99');
});

test('an old SQLite is refused', () => {
  expect(() => assertVersion('3.51.2')).toThrow('3.51.2');
  for (const version of ['3.51.3', '3.52.0', '4.0.0']) assertVersion(version);
});

test('a closed store refuses everything and closes twice without harm', async () => {
  const store = await openAt(directory.path);
  await makeUser(store, 'ann');
  const last = store.people.count();
  await store.close();
  await store.close();
  expect(await last).toMatchObject({ users: 1 });
  await expect(store.people.count()).rejects.toMatchObject({ code: 'STORE_FAILED' });
  expect(store.health()).toEqual({ state: 'closed' });
});

test.each([
  ['content', `UPDATE entries SET content = x'0a020a00' WHERE seq = 5`],
  ['sender', `UPDATE entries SET actor_id = 'eve' WHERE seq = 5`],
  [
    'order',
    `UPDATE entries SET content_hash = (SELECT content_hash FROM entries WHERE seq = 6), content = (SELECT content FROM entries WHERE seq = 6) WHERE seq = 5`,
  ],
  ['existence', 'DELETE FROM entries WHERE seq = 5'],
])(
  '[G18] damage to the %s of an entry is reported, never served, and stops the store',
  async (_, damage) => {
    const first = await openAt(directory.path);
    await makeParty(first, 'r', ['ann']);
    for (let n = 0; n < 40; n += 1) value(await act(first, 'ann', 'r', post(`message-${n}`)));
    await first.close();
    tamper(damage);
    const healths: StoreHealth[] = [];
    const store = await openAt(directory.path, createHandClock(), (health) => healths.push(health));
    await expect(readLog(store, 'r')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(healths).toMatchObject([
      { state: 'failed', reason: expect.stringContaining('Entry 5 of room r') },
    ]);
    expect(store.health()).toMatchObject({ state: 'failed' });
    await expect(act(store, 'ann', 'r', post('message-x'))).rejects.toMatchObject({
      code: 'STORE_FAILED',
    });
    await store.close();
  },
);

test('[G18] damage to the newest entries is found at start', async () => {
  const first = await openAt(directory.path);
  await makeParty(first, 'r', ['ann']);
  value(await act(first, 'ann', 'r', post('message-1')));
  await first.close();
  tamper(`UPDATE entries SET content = x'0a020a00' WHERE seq = 3`);
  await expect(openAt(directory.path)).rejects.toThrow('Entry 3 of room r is damaged');
});

/** A store on this thread whose file may not grow beyond a number of pages: a disk that is full. */
function openOnSmallDisk(onHealth: (health: StoreHealth) => void): {
  readonly store: Store;
  readonly setPages: (count: number) => void;
} {
  let pages = 1_000_000;
  const open = (): { sql: Sql; epoch: string; engine: Engine } => {
    const opened = openForWriting(file(), 'epoch-of-test');
    opened.sql.exec(`PRAGMA max_page_count = ${pages}`);
    return { ...opened, engine: new Engine(opened.sql) };
  };
  let current = open();
  const writer: StoreLink = {
    run: (calls) => Promise.resolve(current.engine.write(calls)),
    reopen: () => {
      current.engine.close();
      current = open();
      try {
        probe(current.sql);
        return Promise.resolve({ ok: true, epoch: current.epoch });
      } catch (error) {
        const detail = String(error);
        return Promise.resolve({ ok: false, name: 'Error', detail, corrupt: false });
      }
    },
    close: () => Promise.resolve(current.engine.close()),
  };
  const readEngine = new Engine(new Sql(file(), { readOnly: true }));
  const reader: StoreLink = {
    run: (calls) => Promise.resolve(readEngine.read(calls)),
    reopen: () => Promise.resolve({ ok: true, epoch: '' }),
    close: () => Promise.resolve(readEngine.close()),
  };
  const store = assembleStore({
    epoch: current.epoch,
    writer,
    reader,
    clock: createHandClock(),
    onHealth,
    release: () => undefined,
    reopenEveryMs: 1,
  });
  const setPages = (count: number): void => {
    pages = count;
    current.sql.exec(`PRAGMA max_page_count = ${count}`);
  };
  return { store, setPages };
}

test('[G19] on a full disk sends fail and reads go on; with space again the store heals by itself', async () => {
  const waits: { state: StoreHealth['state']; resolve: () => void }[] = [];
  const becomes = (state: StoreHealth['state']): Promise<void> =>
    new Promise((resolve) => waits.push({ state, resolve }));
  const { store, setPages } = openOnSmallDisk((health) => {
    for (const wait of waits) if (wait.state === health.state) wait.resolve();
  });
  await makeParty(store, 'r', ['ann']);
  setPages(1);
  const failed = becomes('failed');
  const text = 'x'.repeat(15_000);
  const sends = await Promise.allSettled(
    Array.from({ length: 30 }, (_, n) => act(store, 'ann', 'r', post(`message-${n}`, { text }))),
  );
  await failed;
  const acked = sends.filter((send) => send.status === 'fulfilled');
  for (const send of sends) {
    if (send.status === 'rejected') expect(send.reason).toMatchObject({ code: 'STORE_FAILED' });
  }
  expect(acked.length).toBeLessThan(30);
  const before = await readLog(store, 'r');
  expect(before).toHaveLength(2 + acked.length);
  await expect(act(store, 'ann', 'r', post('message-x'))).rejects.toMatchObject({
    code: 'STORE_FAILED',
  });
  const healed = becomes('ready');
  setPages(1_000_000);
  await healed;
  // The retry of every send settles it: nothing is there twice.
  for (let n = 0; n < 30; n += 1)
    value(await act(store, 'ann', 'r', post(`message-${n}`, { text })));
  expect(await readLog(store, 'r')).toHaveLength(32);
  await store.close();
});

test('[G3] a command that breaks does not take its batch with it', async () => {
  const store = await openAt(directory.path);
  await makeParty(store, 'r', ['ann']);
  const account = await store.accounts.find([user('ann')]);
  const [good, broken, alsoGood] = await Promise.allSettled([
    act(store, 'ann', 'r', post('message-1')),
    // An id that exists is a fault of the program: the call throws inside the transaction.
    store.accounts.create({
      ...account[0]!,
      nameKey: 'new',
      username: undefined,
      passwordHash: undefined,
    }),
    act(store, 'ann', 'r', post('message-2')),
  ]);
  expect(good).toMatchObject({ status: 'fulfilled', value: { value: { seq: 3 } } });
  expect(broken).toMatchObject({ status: 'rejected', reason: { code: 'INTERNAL' } });
  expect(alsoGood).toMatchObject({ status: 'fulfilled', value: { value: { seq: 4 } } });
  expect(store.health()).toEqual({ state: 'ready' });
  expect(await store.log.head(room('r'))).toBe(4);
  expect(code(await act(store, 'ann', 'r', post('message-1')))).toBe('ok');
  await store.close();
});
