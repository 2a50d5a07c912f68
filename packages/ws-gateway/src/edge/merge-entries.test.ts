import { expect, test } from '@jest/globals';
import { ChatResponse, Entry } from '@chat/protocol';
import { mergeEntries } from './merge-entries.ts';

function batch(firstSeq: number, count: number, textBytes = 20) {
  const entries = Array.from({ length: count }, (_, i) =>
    Entry.fromPartial({ seq: BigInt(firstSeq + i), actorName: 'x'.repeat(textBytes) }),
  );
  const value = { roomId: 'room', entries };
  const event = ChatResponse.encode({ event: { $case: 'roomEntries', value } }).finish();
  return { firstSeq, lastSeq: firstSeq + count - 1, event };
}

function seqsOf(event: Uint8Array): number[] {
  const decoded = ChatResponse.decode(event).event;
  if (decoded?.$case !== 'roomEntries') throw new Error('not room entries');
  expect(decoded.value.roomId).toBe('room');
  return decoded.value.entries.map(({ seq }) => Number(seq));
}

test('[G4] contiguous batches become one event with the same entries in the same order', () => {
  const merged = mergeEntries([batch(1, 3), batch(4, 1), batch(5, 200)]);
  expect(merged).toHaveLength(1);
  expect(merged[0]).toMatchObject({ firstSeq: 1, lastSeq: 204 });
  expect(seqsOf(merged[0]!.event)).toEqual(Array.from({ length: 204 }, (_, i) => i + 1));
});

test('[G4] a batch that does not continue the one before stays apart', () => {
  const merged = mergeEntries([batch(1, 2), batch(4, 1), batch(5, 1)]);
  expect(merged.map(({ event }) => seqsOf(event))).toEqual([
    [1, 2],
    [4, 5],
  ]);
});

test('a merged event stays below 48 KiB unless one batch alone is larger', () => {
  const merged = mergeEntries([batch(1, 1, 60_000), batch(2, 1, 30_000), batch(3, 1, 30_000)]);
  expect(merged.map(({ event }) => seqsOf(event))).toEqual([[1], [2], [3]]);
});

test('an event of another shape is passed on as it came', () => {
  const odd = { firstSeq: 2, lastSeq: 2, event: Uint8Array.of(0x2a, 0x02, 0x18, 0x01) };
  const merged = mergeEntries([batch(1, 1), odd, batch(3, 1)]);
  expect(merged.map(({ firstSeq }) => firstSeq)).toEqual([1, 2, 3]);
  expect(merged[1]?.event).toBe(odd.event);
});

test('one batch is not copied, none gives none', () => {
  const only = batch(1, 1);
  expect(mergeEntries([only])).toEqual([only]);
  expect(mergeEntries([])).toEqual([]);
});
