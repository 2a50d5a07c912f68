import { hash as digest } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeEntryContent, Entry, entryKind, Role, RoomKind } from '@chat/protocol';
import { chainHash } from '../../src/adapters/sqlite/entry-codec.ts';
import type { CommitEvent } from '../../src/ports/room-log.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  act,
  code,
  JOIN,
  makeParty,
  makeRoom,
  makeUser,
  post,
  readLog,
  room,
  user,
  value,
} from './fixture.ts';
import { createHandClock, type HandClock, type OpenStore } from './open-store.ts';

/** What every store promises about the log. */
export function describeLog(open: OpenStore): void {
  let store: Store;
  let clock: HandClock;
  beforeEach(async () => {
    clock = createHandClock();
    store = await open(clock);
  });
  afterEach(() => store.close());

  const texts = async (id: string): Promise<string[]> =>
    (await readLog(store, id)).flatMap(({ content }) =>
      content?.$case === 'messagePosted' ? [content.value.message?.text ?? ''] : [],
    );

  describe('the log', () => {
    test('[G4] concurrent posts to several rooms get gapless seqs, each room its own', async () => {
      await makeParty(store, 'r1', ['ann', 'bob']);
      await makeRoom(store, 'r2', 'ann');
      const sent = await Promise.all(
        Array.from({ length: 300 }, (_, index) =>
          act(store, 'ann', index % 3 === 0 ? 'r2' : 'r1', post(`message-${index}`)),
        ),
      );
      expect(sent.every((outcome) => outcome.ok)).toBe(true);
      for (const id of ['r1', 'r2']) {
        const log = await readLog(store, id);
        expect(log.map(({ seq }) => Number(seq))).toEqual(log.map((_, index) => index + 1));
      }
      const seqs = sent.map((outcome) => value(outcome)).filter((one) => one.roomId === 'r1');
      // Calls made in one order are taken in that order (G5).
      expect(seqs.map(({ seq }) => seq)).toEqual(
        seqs.map(({ seq }) => seq).toSorted((a, b) => a - b),
      );
    });

    test('[G18] each entry carries the chained hash of its content', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      value(await act(store, 'bob', 'r', post('message-1')));
      value(await act(store, 'ann', 'r', { type: 'kick', userId: user('bob'), reason: 'noise' }));
      let before: Uint8Array = new Uint8Array(32);
      for (const entry of await readLog(store, 'r')) {
        const bytes = encodeEntryContent(entry.content!);
        const contentHash = digest('sha256', bytes, 'buffer');
        before = chainHash(before, Number(entry.seq), entryKind(entry.content!), contentHash);
        expect(Buffer.from(entry.hash).toString('hex')).toBe(Buffer.from(before).toString('hex'));
        expect(entry.contentHash).toHaveLength(0);
      }
    });

    test('[G2] a retry returns the first result, also when it is sent many times at once', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const all = await Promise.all(
        Array.from({ length: 100 }, () => act(store, 'ann', 'r', post('message-1'))),
      );
      const results = all.map(value);
      expect(new Set(results.map(({ seq }) => seq)).size).toBe(1);
      expect(results.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
      expect(await texts('r')).toEqual(['text of message-1']);
    });

    test('[G2] the same id with another body is a conflict; the first stands', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const first = value(await act(store, 'ann', 'r', post('message-1')));
      const other = await act(store, 'ann', 'r', post('message-1', { text: 'another' }));
      expect(code(other)).toBe('IDEMPOTENCY_CONFLICT');
      expect(await texts('r')).toEqual(['text of message-1']);
      // R3: independent of other senders.
      expect(value(await act(store, 'bob', 'r', post('message-1'))).duplicate).toBe(false);
      // Found in another state of the world: mentions and edits do not make it another body.
      const edit = { type: 'edit', seq: first.seq, text: 'new', mentions: [] } as const;
      value(await act(store, 'ann', 'r', edit));
      const mentions = [{ target: { $case: 'userId' as const, value: 'bob' } }];
      const again = value(await act(store, 'ann', 'r', post('message-1', { mentions })));
      expect(again).toMatchObject({ duplicate: true, seq: first.seq, timeMs: first.timeMs });
    });

    test('[G2] a retry finds its first result after the message was deleted and the sender kicked', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const first = value(await act(store, 'bob', 'r', post('message-1')));
      value(await act(store, 'bob', 'r', { type: 'delete', seq: first.seq, reason: '' }));
      value(await act(store, 'ann', 'r', { type: 'kick', userId: user('bob'), reason: '' }));
      expect(value(await act(store, 'bob', 'r', post('message-1'))).seq).toBe(first.seq);
      const other = await act(store, 'bob', 'r', post('message-1', { text: 'another' }));
      expect(code(other)).toBe('IDEMPOTENCY_CONFLICT');
    });

    test('[G10] a kick and a send that race are decided by the order of the log', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const [before, kick, after] = await Promise.all([
        act(store, 'bob', 'r', post('before-kick')),
        act(store, 'ann', 'r', { type: 'kick', userId: user('bob'), reason: '' }),
        act(store, 'bob', 'r', post('after-kick')),
      ]);
      expect(value(kick).seq).toBe(value(before).seq + 1);
      expect(code(after)).toBe('NOT_FOUND');
      expect(await texts('r')).toEqual(['text of before-kick']);
    });

    test('[G9] a room that does not exist and one of others answer alike', async () => {
      await makeParty(store, 'secret', ['ann'], { kind: RoomKind.PRIVATE });
      await makeUser(store, 'eve');
      for (const id of ['secret', 'nowhere']) {
        expect(code(await act(store, 'eve', id, post('message-1')))).toBe('NOT_FOUND');
        expect(code(await act(store, 'eve', id, JOIN))).toBe('NOT_FOUND');
        const read = { roomId: room(id), readerId: user('eve') };
        const page = await store.log.readEntries({ ...read, anchor: { at: 'newest' }, limit: 10 });
        expect(code(page)).toBe('NOT_FOUND');
        expect(code(await store.log.readMessage({ ...read, seq: 1 }))).toBe('NOT_FOUND');
        expect(
          code(
            await store.directory.listMembers({
              roomId: room(id),
              askerId: user('eve'),
              after: undefined,
              limit: 9,
            }),
          ),
        ).toBe('NOT_FOUND');
      }
    });

    test('pages lie before, after and around a seq, and end at the head', async () => {
      await makeParty(store, 'r', ['ann']);
      for (let n = 3; n <= 20; n += 1) value(await act(store, 'ann', 'r', post(`message-${n}`)));
      const read = async (anchor: Parameters<Store['log']['readEntries']>[0]['anchor']) => {
        const request = { roomId: room('r'), readerId: user('ann'), anchor, limit: 5 };
        const page = value(await store.log.readEntries(request));
        expect(page).toMatchObject({ headSeq: 20, firstVisibleSeq: 1 });
        return page.entries.map(({ seq }) => seq);
      };
      expect(await read({ at: 'newest' })).toEqual([16, 17, 18, 19, 20]);
      expect(await read({ at: 'before', seq: 16 })).toEqual([11, 12, 13, 14, 15]);
      expect(await read({ at: 'before', seq: 3 })).toEqual([1, 2]);
      expect(await read({ at: 'before', seq: 1 })).toEqual([]);
      expect(await read({ at: 'before', seq: 1_000 })).toEqual([16, 17, 18, 19, 20]);
      expect(await read({ at: 'after', seq: 0 })).toEqual([1, 2, 3, 4, 5]);
      expect(await read({ at: 'after', seq: 18 })).toEqual([19, 20]);
      expect(await read({ at: 'after', seq: 20 })).toEqual([]);
      expect(await read({ at: 'around', seq: 10 })).toEqual([8, 9, 10, 11, 12]);
      expect(await read({ at: 'around', seq: 1 })).toEqual([1, 2, 3, 4, 5]);
      expect(await read({ at: 'around', seq: 20 })).toEqual([16, 17, 18, 19, 20]);
    });

    test('a page ends at a megabyte, on the side away from its anchor', async () => {
      await makeParty(store, 'r', ['ann']);
      const text = 'x'.repeat(16_000);
      await Promise.all(
        Array.from({ length: 90 }, (_, n) =>
          act(store, 'ann', 'r', post(`message-${n}`, { text })),
        ),
      );
      const request = { roomId: room('r'), readerId: user('ann'), limit: 100 };
      const newest = value(await store.log.readEntries({ ...request, anchor: { at: 'newest' } }));
      expect(newest.entries.at(-1)?.seq).toBe(92);
      expect(newest.entries.length).toBeLessThan(70);
      const first = value(
        await store.log.readEntries({ ...request, anchor: { at: 'after', seq: 0 } }),
      );
      expect(first.entries[0]?.seq).toBe(1);
      expect(first.entries.length).toBeLessThan(70);
    });

    test('history shows messages in their newest state, with the hash of what was first written', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const { seq } = value(await act(store, 'ann', 'r', post('message-1')));
      clock.advance(1_000);
      value(await act(store, 'bob', 'r', { type: 'react', seq, emoji: '👍', present: true }));
      value(await act(store, 'ann', 'r', { type: 'edit', seq, text: 'better', mentions: [] }));
      value(await act(store, 'ann', 'r', { type: 'pin', seq, pinned: true }));
      const entry = (await readLog(store, 'r', 'bob')).find((one) => Number(one.seq) === seq)!;
      expect(entry.content).toMatchObject({
        $case: 'messagePosted',
        value: {
          message: {
            text: 'better',
            pinned: true,
            foldedSeq: BigInt(seq + 3),
            reactions: [{ emoji: '👍', userIds: ['bob'] }],
          },
        },
      });
      expect(entry.contentHash).toHaveLength(32);
      const one = value(
        await store.log.readMessage({ roomId: room('r'), readerId: user('bob'), seq }),
      );
      expect(Entry.decode(one.bytes)).toEqual(entry);
      expect(
        code(await store.log.readMessage({ roomId: room('r'), readerId: user('bob'), seq: 1 })),
      ).toBe('NOT_FOUND');
    });

    test('[G23] after a deletion neither the message nor its edits hold the text', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const { seq } = value(
        await act(store, 'ann', 'r', post('message-1', { text: 'secret one' })),
      );
      value(await act(store, 'ann', 'r', { type: 'edit', seq, text: 'secret two', mentions: [] }));
      value(await act(store, 'ann', 'r', { type: 'delete', seq, reason: '' }));
      const request = {
        roomId: room('r'),
        readerId: user('bob'),
        anchor: { at: 'newest' },
        limit: 50,
      } as const;
      const page = value(await store.log.readEntries(request));
      const all = Buffer.concat(page.entries.map(({ bytes }) => bytes)).toString('latin1');
      expect(all).not.toContain('secret');
      expect(page.entries).toHaveLength(6);
      const deleted = value(await act(store, 'ann', 'r', { type: 'delete', seq, reason: '' }));
      expect(deleted).toMatchObject({ duplicate: true, seq: 6 });
      expect(
        code(await act(store, 'ann', 'r', { type: 'edit', seq, text: 'x', mentions: [] })),
      ).toBe('GONE');
      expect(
        code(await act(store, 'bob', 'r', { type: 'react', seq, emoji: '👍', present: true })),
      ).toBe('GONE');
    });

    test('only the sender edits; a moderator deletes; the answer to others is FORBIDDEN', async () => {
      await makeParty(store, 'r', ['ann', 'bob', 'cid']);
      const mine = value(await act(store, 'bob', 'r', post('message-1')));
      const { seq } = mine;
      expect(
        code(await act(store, 'cid', 'r', { type: 'edit', seq, text: 'x', mentions: [] })),
      ).toBe('FORBIDDEN');
      expect(code(await act(store, 'cid', 'r', { type: 'delete', seq, reason: '' }))).toBe(
        'FORBIDDEN',
      );
      expect(code(await act(store, 'cid', 'r', { type: 'pin', seq, pinned: true }))).toBe(
        'FORBIDDEN',
      );
      value(
        await act(store, 'ann', 'r', {
          type: 'set-role',
          userId: user('cid'),
          role: Role.MODERATOR,
        }),
      );
      const owners = value(await act(store, 'ann', 'r', post('message-2')));
      expect(
        code(await act(store, 'cid', 'r', { type: 'delete', seq: owners.seq, reason: '' })),
      ).toBe('FORBIDDEN');
      expect(code(await act(store, 'cid', 'r', { type: 'delete', seq, reason: 'rude' }))).toBe(
        'ok',
      );
    });

    test('a reply and a thread need their message in this room', async () => {
      await makeParty(store, 'r', ['ann']);
      const root = value(await act(store, 'ann', 'r', post('message-1')));
      expect(code(await act(store, 'ann', 'r', post('message-2', { replyToSeq: 99 })))).toBe(
        'NOT_FOUND',
      );
      expect(code(await act(store, 'ann', 'r', post('message-2', { replyToSeq: 1 })))).toBe(
        'NOT_FOUND',
      );
      const inThread = post('message-2', { threadRootSeq: root.seq });
      const child = value(await act(store, 'ann', 'r', inThread));
      const nested = post('message-3', { threadRootSeq: child.seq });
      expect(code(await act(store, 'ann', 'r', nested))).toBe('NOT_FOUND');
    });

    test('votes are counted once per member and can be changed and withdrawn', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const options = [
        { text: 'a', votes: 7 },
        { text: 'b', votes: 0 },
      ];
      const poll = { question: 'which?', options, multiple: false, closeTime: undefined };
      const { seq } = value(await act(store, 'ann', 'r', post('message-1', { text: '', poll })));
      const vote = (who: string, chosen: number[]) =>
        act(store, who, 'r', { type: 'vote', seq, options: chosen });
      const votes = async () => {
        const { bytes } = value(
          await store.log.readMessage({ roomId: room('r'), readerId: user('bob'), seq }),
        );
        const { content } = Entry.decode(bytes);
        return content?.$case === 'messagePosted'
          ? content.value.message?.poll?.options.map((one) => one.votes)
          : [];
      };
      value(await vote('ann', [0]));
      value(await vote('bob', [0]));
      expect(await votes()).toEqual([2, 0]);
      value(await vote('bob', [1]));
      expect(value(await vote('bob', [1])).duplicate).toBe(true);
      expect(await votes()).toEqual([1, 1]);
      value(await vote('bob', []));
      expect(await votes()).toEqual([1, 0]);
      expect(code(await vote('bob', [0, 1]))).toBe('BAD_FIELD');
      expect(code(await vote('bob', [2]))).toBe('BAD_FIELD');
    });

    test('slow mode, mute and an archived room hold writers back', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const settings = {
        type: 'change-settings',
        name: undefined,
        nameKey: undefined,
        topic: undefined,
        kind: undefined,
        passwordHash: undefined,
        slowModeSeconds: undefined,
        guestsAllowed: undefined,
        archived: undefined,
      } as const;
      value(await act(store, 'ann', 'r', { ...settings, slowModeSeconds: 10 }));
      value(await act(store, 'bob', 'r', post('message-1')));
      clock.advance(4_000);
      const early = await act(store, 'bob', 'r', post('message-2'));
      expect(early).toMatchObject({
        ok: false,
        error: { code: 'RATE_LIMITED', retryAfterMs: 6_000 },
      });
      clock.advance(6_000);
      value(await act(store, 'bob', 'r', post('message-2')));
      const untilMs = clock.nowMs() + 60_000;
      value(await act(store, 'ann', 'r', { type: 'mute', userId: user('bob'), untilMs }));
      clock.advance(30_000);
      expect(await act(store, 'bob', 'r', post('message-3'))).toMatchObject({
        ok: false,
        error: { code: 'MUTED', retryAfterMs: 30_000 },
      });
      clock.advance(30_000);
      value(await act(store, 'bob', 'r', post('message-3')));
      value(await act(store, 'ann', 'r', { ...settings, archived: true }));
      expect(code(await act(store, 'ann', 'r', post('message-4')))).toBe('ROOM_CLOSED');
    });

    test('a commit tells the listener everything in log order before the callers know', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const seen: CommitEvent[] = [];
      const stop = store.log.onCommit((events) => seen.push(...events));
      const sends = [post('message-1'), post('message-2')].map(async (message) => {
        const { seq } = value(await act(store, 'bob', 'r', message));
        expect(seen.some((event) => event.type === 'entry' && event.entry.seq === seq)).toBe(true);
      });
      const kick = act(store, 'ann', 'r', { type: 'kick', userId: user('bob'), reason: '' });
      await Promise.all([...sends, kick]);
      expect(
        seen.map((event) =>
          event.type === 'entry' ? [event.entry.seq, event.actorId, event.membership] : [],
        ),
      ).toEqual([
        [4, 'bob', undefined],
        [5, 'bob', undefined],
        [6, 'ann', { change: 'kicked', userId: 'bob' }],
      ]);
      const log = await readLog(store, 'r');
      expect(
        seen.map((event) => (event.type === 'entry' ? Entry.decode(event.entry.bytes) : undefined)),
      ).toEqual(log.slice(3));
      stop();
      value(await act(store, 'ann', 'r', post('message-3')));
      expect(seen).toHaveLength(3);
      expect(await store.log.head(room('r'))).toBe(7);
      expect(await store.log.head(room('nowhere'))).toBeUndefined();
    });
  });
}
