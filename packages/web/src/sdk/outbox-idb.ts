import type { OutboxStorage, StoredSend } from '@chat/client';
import type { DBSchema } from 'idb';

interface OutboxSchema extends DBSchema {
  sends: { key: string; value: StoredSend };
}

/** Unsent messages of one user in IndexedDB: they survive a reload. */
export function createIdbOutbox(userId: string): OutboxStorage {
  const opened = import('idb').then(({ openDB }) =>
    openDB<OutboxSchema>(nameOf(userId), 1, {
      upgrade: (db) => {
        db.createObjectStore('sends', { keyPath: 'clientMessageId' });
      },
    }),
  );
  // Where the browser forbids storage, each use rejects and the message is sent all the same.
  opened.catch(() => undefined);
  return {
    load: async () => (await opened).getAll('sends'),
    put: async (send) => void (await (await opened).put('sends', send)),
    remove: async (clientMessageId) => (await opened).delete('sends', clientMessageId),
  };
}

/** Forgets everything unsent of a user; for signing out. */
export async function forgetOutbox(userId: string): Promise<void> {
  const { deleteDB } = await import('idb');
  await deleteDB(nameOf(userId), { blocked: () => undefined });
}

function nameOf(userId: string): string {
  return `chat-outbox-${userId}`;
}
