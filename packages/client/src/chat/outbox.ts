import { ERROR_TABLE } from '@chat/protocol';
import { reconnectDelayMs } from '../connection/reconnect-policy.ts';
import type { ChatClientError } from '../errors.ts';
import type { StoredSend } from './outbox-storage.ts';

/** A message in the outbox. */
export interface OutboxItem {
  readonly send: StoredSend;
  readonly progress:
    | { readonly state: 'queued'; readonly notBeforeMs: number; readonly tries: number }
    | { readonly state: 'sending'; readonly tries: number }
    /** Acknowledged; waits for its entry. */
    | { readonly state: 'sent'; readonly seq: number }
    | { readonly state: 'failed'; readonly error: ChatClientError };
}

/** Messages of one room, in the order in which they go out. Immutable. */
export type Outbox = readonly OutboxItem[];

/** Tries after which a fault of the server counts as a refusal. */
const MAX_FAULTY_TRIES = 8;

/** Adds a message at the end. */
export function enqueue(outbox: Outbox, send: StoredSend): Outbox {
  if (find(outbox, send.clientMessageId) !== undefined) return outbox;
  return [...outbox, { send, progress: { state: 'queued', notBeforeMs: 0, tries: 0 } }];
}

/**
 * The message that may go out now: the first unsent one, and only when no other of the room is on its way.
 * So a room's messages are accepted in the order they were written ([G5]), also when one must be tried again.
 */
export function nextToSend(outbox: Outbox): OutboxItem | undefined {
  for (const item of outbox) {
    if (item.progress.state === 'sending') return undefined;
    if (item.progress.state === 'queued') return item;
  }
  return undefined;
}

/** The message is on its way. */
export function markSending(outbox: Outbox, clientMessageId: string): Outbox {
  return update(outbox, clientMessageId, ({ send, progress }) => ({
    send,
    progress: { state: 'sending', tries: progress.state === 'queued' ? progress.tries + 1 : 1 },
  }));
}

/** Nobody knows what became of what was on its way: it is sent again under the same id. */
export function markLost(outbox: Outbox): Outbox {
  return outbox.map(({ send, progress }) =>
    progress.state === 'sending'
      ? { send, progress: { state: 'queued', notBeforeMs: 0, tries: progress.tries } }
      : { send, progress },
  );
}

/** The server accepted the message at a place. */
export function markSent(outbox: Outbox, clientMessageId: string, seq: number): Outbox {
  return update(outbox, clientMessageId, ({ send }) => ({
    send,
    progress: { state: 'sent', seq },
  }));
}

/** The server answered with an error: a refusal is final, everything else is tried again. */
export function markFailed(
  outbox: Outbox,
  clientMessageId: string,
  error: ChatClientError,
  nowMs: number,
  random: () => number,
): Outbox {
  return update(outbox, clientMessageId, ({ send, progress }) => {
    const tries = 'tries' in progress ? progress.tries : 1;
    if (isRefusal(error, tries)) return { send, progress: { state: 'failed', error } };
    const waitMs = reconnectDelayMs(Math.max(1, tries), random, error.retryAfterMs);
    return { send, progress: { state: 'queued', notBeforeMs: nowMs + waitMs, tries } };
  });
}

/** A failed message goes to the end of the queue, under its old id. */
export function requeue(outbox: Outbox, clientMessageId: string): Outbox {
  const item = find(outbox, clientMessageId);
  if (item?.progress.state !== 'failed') return outbox;
  return enqueue(remove(outbox, clientMessageId), item.send);
}

/** Forgets a message. */
export function remove(outbox: Outbox, clientMessageId: string): Outbox {
  return outbox.filter((item) => item.send.clientMessageId !== clientMessageId);
}

/** The message with this id. */
export function find(outbox: Outbox, clientMessageId: string): OutboxItem | undefined {
  return outbox.find((item) => item.send.clientMessageId === clientMessageId);
}

function isRefusal(error: ChatClientError, tries: number): boolean {
  // A credential that ran out says nothing about the message: the connection gets a new one.
  if (error.code === 16) return false;
  if (ERROR_TABLE[error.reason].retry === 'never' && !error.notProcessed) return true;
  return error.reason === 'INTERNAL' && tries >= MAX_FAULTY_TRIES;
}

function update(
  outbox: Outbox,
  clientMessageId: string,
  change: (item: OutboxItem) => OutboxItem,
): Outbox {
  return outbox.map((item) =>
    item.send.clientMessageId === clientMessageId ? change(item) : item,
  );
}
