import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CLIENT_MESSAGE_ID_PATTERN } from '@chat/protocol';
import type { OutboxStorage, StoredSend } from './outbox-storage.ts';

const ENDING = '.json';

/**
 * Keeps unsent messages in a folder, one file for each, readable by its owner only. A file is complete or not there:
 * it is written aside, synced and renamed. The folder belongs to one user on one server.
 */
export function createFileOutbox(folder: string): OutboxStorage {
  // One change after the other: a message may be acknowledged before it is written.
  let last: Promise<unknown> = Promise.resolve();
  const inOrder = (change: () => Promise<void>): Promise<void> => {
    const done = last.then(change, change);
    last = done;
    return done;
  };

  return {
    async load() {
      const names = await readdir(folder).catch(() => []);
      const sends: StoredSend[] = [];
      for (const name of names) {
        const id = name.slice(0, -ENDING.length);
        if (!name.endsWith(ENDING) || !CLIENT_MESSAGE_ID_PATTERN.test(id)) continue;
        const send = parse(await readFile(join(folder, name), 'utf8'), id);
        if (send !== undefined) sends.push(send);
      }
      return sends;
    },
    put: (send) => inOrder(() => write(folder, send)),
    remove: (clientMessageId) =>
      inOrder(() => rm(fileOf(folder, clientMessageId), { force: true })),
  };
}

async function write(folder: string, send: StoredSend): Promise<void> {
  const path = fileOf(folder, send.clientMessageId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const aside = `${path}.new`;
  const file = await open(aside, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(send));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
}

function fileOf(folder: string, clientMessageId: string): string {
  // The id names the file: nothing but this form leads nowhere else.
  if (!CLIENT_MESSAGE_ID_PATTERN.test(clientMessageId)) throw new RangeError('not a message id');
  return join(folder, clientMessageId + ENDING);
}

/** A stored message; undefined when somebody else wrote the file. */
function parse(text: string, id: string): StoredSend | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStoredSend(value) && value.clientMessageId === id ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStoredSend(value: unknown): value is StoredSend {
  if (typeof value !== 'object' || value === null) return false;
  const { clientMessageId, roomId, message, createTimeMs, order } = value as Record<
    string,
    unknown
  >;
  return (
    typeof clientMessageId === 'string' &&
    typeof roomId === 'string' &&
    typeof createTimeMs === 'number' &&
    typeof order === 'number' &&
    typeof message === 'object' &&
    message !== null &&
    'text' in message &&
    typeof message.text === 'string'
  );
}
