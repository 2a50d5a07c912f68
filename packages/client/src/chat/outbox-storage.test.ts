import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createFileOutbox } from './file-outbox.ts';
import { createMemoryOutbox, type OutboxStorage, type StoredSend } from './outbox-storage.ts';

const folders: string[] = [];

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-outbox-'));
  folders.push(folder);
  return folder;
}

afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

const send = (number: number, text = 'hello'): StoredSend => ({
  clientMessageId: `message-${number}`,
  roomId: 'r1',
  message: { text },
  createTimeMs: number,
  order: number,
});

const storages: readonly [string, () => Promise<OutboxStorage>][] = [
  ['in memory', () => Promise.resolve(createMemoryOutbox())],
  ['in files', async () => createFileOutbox(join(await newFolder(), 'outbox'))],
];

describe.each(storages)('an outbox %s', (_, create) => {
  test('is empty at first and gives back what was put, the newest version of each', async () => {
    const storage = await create();
    expect(await storage.load()).toEqual([]);
    await storage.put(send(1));
    await storage.put(send(2));
    await storage.put(send(1, 'changed'));
    const stored = [...(await storage.load())].sort((a, b) => a.order - b.order);
    expect(stored).toEqual([send(1, 'changed'), send(2)]);
  });

  test('a removal behind a put wins, also when nobody waited for the put', async () => {
    const storage = await create();
    const put = storage.put(send(1));
    await storage.remove('message-1');
    await put;
    expect(await storage.load()).toEqual([]);
  });

  test('forgets what was removed; removing twice is no fault', async () => {
    const storage = await create();
    await storage.put(send(1));
    await storage.remove('message-1');
    await storage.remove('message-1');
    expect(await storage.load()).toEqual([]);
  });
});

test('files survive the program, belong to their owner alone, and strangers among them are passed over', async () => {
  const folder = await newFolder();
  await createFileOutbox(folder).put(send(1));
  await writeFile(join(folder, 'message-2.json'), '{"half":');
  await writeFile(join(folder, 'message-3.json'), JSON.stringify(send(4)));
  await writeFile(join(folder, 'message-5.json.new'), JSON.stringify(send(5)));
  expect(await createFileOutbox(folder).load()).toEqual([send(1)]);
  expect((await stat(join(folder, 'message-1.json'))).mode & 0o077).toBe(0);
});

test('an id that is no id never becomes a path', async () => {
  const folder = await newFolder();
  const storage = createFileOutbox(folder);
  await expect(storage.put({ ...send(1), clientMessageId: '../outside' })).rejects.toThrow(
    RangeError,
  );
  expect(await readdir(folder)).toEqual([]);
});
