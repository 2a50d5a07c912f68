import { expect, test } from '@jest/globals';
import { relay } from '@chat/protocol';
import { backoffMs } from './backoff.ts';
import { createRecordBatcher } from './record-batcher.ts';

function command(session: number, bytes: number): relay.GatewayRecord {
  return { session, record: { $case: 'command', value: new Uint8Array(bytes) } };
}

function sessionsOf(message: Uint8Array | undefined): number[] | undefined {
  return message && relay.RelayRequest.decode(message).records.map(({ session }) => session);
}

test('records leave in order, at most a hundred and 64 KiB in one message', () => {
  const batcher = createRecordBatcher({ maxRecords: 3, maxBytes: 300, maxQueuedBytes: 10_000 });
  for (const [index, bytes] of [10, 10, 10, 10, 250, 400, 10].entries()) {
    expect(batcher.add(command(index, bytes))).toBe(true);
  }
  expect(sessionsOf(batcher.next())).toEqual([0, 1, 2]);
  expect(sessionsOf(batcher.next())).toEqual([3]);
  expect(sessionsOf(batcher.next())).toEqual([4]);
  expect(sessionsOf(batcher.next())).toEqual([5]); // larger than a message alone: it goes alone
  expect(sessionsOf(batcher.next())).toEqual([6]);
  expect(batcher.next()).toBeUndefined();
  expect(batcher.queuedBytes).toBe(0);
});

test('[G13] a queue that is full takes nothing more until something has left', () => {
  const batcher = createRecordBatcher({ maxRecords: 1, maxBytes: 1000, maxQueuedBytes: 100 });
  expect(batcher.add(command(1, 60))).toBe(true);
  expect(batcher.add(command(2, 60))).toBe(false);
  batcher.next();
  expect(batcher.add(command(3, 60))).toBe(true);
});

test('waits double up to their bound, and are spread over their whole length', () => {
  const limits = { baseMs: 100, maxMs: 5_000 };
  const longest = (attempt: number) => backoffMs(attempt, limits, () => 1);
  expect([0, 1, 2, 5, 6, 1000].map(longest)).toEqual([100, 200, 400, 3200, 5000, 5000]);
  expect(backoffMs(3, limits, () => 0)).toBe(0);
  expect(backoffMs(3, limits, () => 0.5)).toBe(400);
});
