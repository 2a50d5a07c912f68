import { expect, test } from '@jest/globals';
import { Entry } from '@chat/protocol';
import { kindOfEntry, membershipOfEntry, rewritesHistory } from './entry-facts.ts';

type Content = NonNullable<Entry['content']>;

function bytesOf(content: Content | undefined): Uint8Array {
  const entry = Entry.fromPartial({ seq: 7n, actorName: 'Anna', hash: new Uint8Array(32) });
  return Entry.encode({ ...entry, content }).finish();
}

const user = { userId: 'u', displayName: 'U' };

test.each([
  [{ $case: 'memberJoined', value: user }, 15, 'joined'],
  [{ $case: 'memberLeft', value: user }, 16, 'left'],
  [{ $case: 'memberKicked', value: { ...user, reason: '' } }, 17, 'kicked'],
  [{ $case: 'memberBanned', value: { ...user, reason: '', until: undefined } }, 18, 'banned'],
] as const)('an entry of %j is known by its bytes', (content, kind, change) => {
  const bytes = bytesOf(content);
  expect(kindOfEntry(bytes)).toBe(kind);
  expect(membershipOfEntry(bytes)).toEqual({ change, userId: 'u' });
  expect(rewritesHistory(bytes)).toBe(false);
});

test('[G23] edits and deletions rewrite history, messages and entries without content do not', () => {
  const edited = bytesOf({
    $case: 'messageEdited',
    value: { messageSeq: 1n, text: 'x', mentions: [] },
  });
  const deleted = bytesOf({ $case: 'messageDeleted', value: { messageSeq: 1n, reason: '' } });
  expect([edited, deleted, bytesOf(undefined)].map(rewritesHistory)).toEqual([true, true, false]);
  expect(membershipOfEntry(edited)).toBeUndefined();
});
