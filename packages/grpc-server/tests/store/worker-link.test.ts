import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createWorkerLink } from '../../src/adapters/sqlite/worker-link.ts';
import { makeDataDirectory } from './open-store.ts';

// Each test starts threads and fsyncs, beside whatever else the machine does.
jest.setTimeout(20_000);

let directory: ReturnType<typeof makeDataDirectory>;
beforeEach(() => {
  directory = makeDataDirectory();
});
afterEach(() => directory.remove());

const COUNT = { port: 'people', method: 'count', args: [], nowMs: 0 } as const;

test('[G19] the thread opens the file anew when asked, and goes on', async () => {
  const setup = { role: 'writer', path: join(directory.path, 'chat.db'), newEpoch: 'e' } as const;
  const { link, opened } = await createWorkerLink(setup);
  expect(opened).toEqual({ ok: true, epoch: 'e' });
  expect(await link.reopen()).toEqual({ ok: true, epoch: 'e' });
  const reply = await link.run([COUNT, COUNT]);
  const one = { ok: true, value: { users: 0, rooms: 0, entries: 0 } };
  expect(reply).toEqual({ ok: true, results: [one, one], events: [] });
  await link.close();
});

test('a file that is no database is refused with its reason', async () => {
  const setup = { role: 'writer', path: directory.path, newEpoch: 'e' } as const;
  const { link, opened } = await createWorkerLink(setup);
  expect(opened).toMatchObject({ ok: false, detail: expect.stringContaining('unable to open') });
  expect(await link.run([COUNT])).toMatchObject({ ok: false });
  await link.close();
});

test('a thread that is gone answers with a failure instead of never', async () => {
  const setup = { role: 'writer', path: join(directory.path, 'chat.db'), newEpoch: 'e' } as const;
  const { link } = await createWorkerLink(setup);
  await link.close();
  expect(await link.run([COUNT])).toMatchObject({ ok: false });
  expect(await link.reopen()).toMatchObject({ ok: false });
  await link.close();
});
