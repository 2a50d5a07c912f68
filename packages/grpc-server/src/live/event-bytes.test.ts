import { describe, expect, test } from '@jest/globals';
import { ChatResponse, Entry } from '@chat/protocol';
import * as fc from 'fast-check';
import { encodeRoomEntries, eventRuns } from './event-bytes.ts';

const entries = fc.array(
  fc.record({
    seq: fc.integer({ min: 1, max: 2 ** 40 }),
    actorName: fc.string(),
    text: fc.string({ maxLength: 300 }),
  }),
  { maxLength: 150 },
);

function toStored(made: { seq: number; actorName: string; text: string }) {
  const { seq, actorName, text } = made;
  const message = { clientMessageId: 'x', text };
  const entry = Entry.fromPartial({
    seq: BigInt(seq),
    actorName,
    content: { $case: 'messagePosted', value: { message } },
  });
  return { seq, entry, bytes: Entry.encode(entry).finish() };
}

describe('room entries put together by hand', () => {
  test('[FRM2] are the bytes that the generated encoder makes', () => {
    fc.assert(
      fc.property(fc.string(), entries, (roomId, made) => {
        const stored = made.map(toStored);
        const value = { roomId, entries: stored.map(({ entry }) => entry) };
        const generated = ChatResponse.encode({ event: { $case: 'roomEntries', value } }).finish();
        // An empty room id is absent in the generated form; the server has no such room.
        if (roomId === '') return;
        expect(Buffer.from(encodeRoomEntries(roomId, stored))).toEqual(Buffer.from(generated));
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  test('[G13] runs keep every entry in order and stay within their bounds', () => {
    fc.assert(
      fc.property(entries, (made) => {
        const stored = made.map(toStored);
        const runs = [...eventRuns(stored)];
        expect(runs.flat()).toEqual(stored);
        for (const run of runs) {
          const bytes = run.reduce((sum, entry) => sum + entry.bytes.length, 0);
          expect(run.length).toBeGreaterThan(0);
          expect(run.length).toBeLessThanOrEqual(100);
          expect(run.length === 1 || bytes <= 32_768).toBe(true);
        }
      }),
      { seed: 6, numRuns: 100 },
    );
  });
});
