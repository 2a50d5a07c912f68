import { expect, test } from '@jest/globals';
import { createBatchQueue } from './batch-queue.ts';
import type { BatchReply } from './engine.ts';
import type { Call } from './operations/run-operation.ts';

const LIMITS = { maxBatch: 4, maxInFlight: 2, maxQueued: 10 };
const call = (method: string): Call => ({ port: 'log', method, args: [], nowMs: 0 });
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A link whose batches are answered by hand. */
function createHandLink() {
  const open: { calls: readonly Call[]; answer: (reply: BatchReply) => void }[] = [];
  const run = (calls: readonly Call[]): Promise<BatchReply> =>
    new Promise((answer) => open.push({ calls, answer }));
  const ok = (): void => {
    const next = open.shift();
    const results = (next?.calls ?? []).map(({ method }) => ({ ok: true as const, value: method }));
    next?.answer({ ok: true, results, events: [] });
  };
  return { open, run, ok };
}

const SILENT = { committed: () => undefined, failed: () => undefined };

test('calls of one turn share a batch, and the next grows while two are in flight', async () => {
  const link = createHandLink();
  const queue = createBatchQueue(link, LIMITS, SILENT);
  const all = Array.from({ length: 10 }, (_, index) => queue.call(call(String(index))));
  await turn();
  expect(link.open.map(({ calls }) => calls.length)).toEqual([4, 4]);
  link.ok();
  await turn();
  expect(link.open.map(({ calls }) => calls.length)).toEqual([4, 2]);
  link.ok();
  link.ok();
  expect(await Promise.all(all)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  await queue.drained();
});

test('[G14] a full queue refuses at once and says when to retry', async () => {
  const link = createHandLink();
  const queue = createBatchQueue(link, LIMITS, SILENT);
  const accepted = Array.from({ length: 10 }, (_, index) => queue.call(call(String(index))));
  await expect(queue.call(call('more'))).rejects.toMatchObject({
    code: 'OVERLOADED',
    retryAfterMs: 250,
  });
  await turn();
  link.ok();
  await accepted[0];
  const later = queue.call(call('later'));
  await turn();
  while (link.open.length > 0) {
    link.ok();
    await turn();
  }
  expect(await later).toBe('later');
  await Promise.all(accepted);
});

test('[G19] a failed batch rejects all of its calls and tells its owner', async () => {
  const link = createHandLink();
  const failures: string[] = [];
  const listener = { ...SILENT, failed: (detail: string) => failures.push(detail) };
  const queue = createBatchQueue(link, LIMITS, listener);
  const calls = [queue.call(call('a')), queue.call(call('b'))];
  const settled = Promise.allSettled(calls);
  await turn();
  link.open.shift()?.answer({ ok: false, detail: 'disk on fire', corrupt: false });
  for (const one of await settled) {
    expect(one).toMatchObject({ reason: { code: 'STORE_FAILED', cause: 'disk on fire' } });
  }
  expect(failures).toEqual(['disk on fire']);
  await queue.drained();
});

test('what was committed is told before the callers know', async () => {
  const link = createHandLink();
  const order: string[] = [];
  const listener = { ...SILENT, committed: () => order.push('committed') };
  const queue = createBatchQueue(link, LIMITS, listener);
  const done = queue.call(call('a')).then(() => order.push('resolved'));
  await turn();
  const events = [{ type: 'room-deleted' as const, roomId: 'r' as never, userIds: [] }];
  link.open.shift()?.answer({ ok: true, results: [{ ok: true, value: 1 }], events });
  await done;
  expect(order).toEqual(['committed', 'resolved']);
});
