import { Entry, RoomEntries } from '@chat/protocol';
import { expect, test } from '@jest/globals';
import { countEntries } from './count-entries.ts';
import { dueOf, dueText } from './tally.ts';

const entry = (seq: number, text: string): Entry =>
  Entry.fromPartial({
    seq: BigInt(seq),
    actorId: 'u1',
    hash: new Uint8Array(32).fill(0x12),
    content: { $case: 'messagePosted', value: { message: { text, clientMessageId: `id-${seq}` } } },
  });

test.each([0, 1, 2, 40])(
  '%d entries are counted without decoding, whatever their bytes hold',
  (count) => {
    const entries = Array.from({ length: count }, (_, at) => entry(at, 'x'.repeat(at * 37)));
    const bytes = Buffer.from(RoomEntries.encode({ roomId: 'r'.repeat(24), entries }).finish());
    const padded = Buffer.concat([Buffer.from('head'), bytes, Buffer.from('tail')]);
    const found: Entry[] = [];
    const counted = countEntries(padded, 4, 4 + bytes.length, (buffer, start, end) =>
      found.push(Entry.decode(buffer.subarray(start, end))),
    );
    expect(counted).toBe(count);
    expect(found.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq));
  },
);

test('a message tells when it was due, and has 100 bytes', () => {
  const text = dueText(1234.5678);
  expect(text).toHaveLength(100);
  const bytes = Buffer.from(`before ${text} after`);
  expect(dueOf(bytes, 0, bytes.length)).toBe(1234.568);
  expect(dueOf(bytes, 20, bytes.length)).toBeUndefined();
});
