import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Role, RoomKind, UserKind } from '@chat/protocol';
import type { RoomAction } from '../../src/domain/room-command.ts';
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

const NO_CHANGE = {
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

/** What every store promises about rooms, members and invites. */
export function describeRooms(open: OpenStore): void {
  let store: Store;
  let clock: HandClock;
  beforeEach(async () => {
    clock = createHandClock();
    store = await open(clock);
  });
  afterEach(() => store.close());

  const find = (id: string, asker?: string) =>
    store.directory.find({ roomId: room(id) }, asker === undefined ? undefined : user(asker));
  const unread = async (who: string, id: string) => {
    const mine = await store.directory.listMine(user(who));
    return mine.find((one) => one.room.roomId === id)?.unread;
  };

  describe('rooms', () => {
    test('a new room has its creator as owner and two entries', async () => {
      await makeUser(store, 'ann');
      const made = await makeRoom(store, 'r', 'ann');
      expect(made).toMatchObject({
        room: { roomId: 'r', headSeq: 2, memberCount: 1, ownerCount: 1, code: 'CODE-r' },
        member: { userId: 'ann', role: Role.OWNER, joinSeq: 2 },
        existed: false,
      });
      const log = await readLog(store, 'r');
      expect(log.map(({ content }) => content?.$case)).toEqual(['settingsChanged', 'memberJoined']);
      expect(await find('r', 'ann')).toEqual({ ...made, existed: true });
      expect(await store.directory.find({ code: 'CODE-r' }, undefined)).toMatchObject({
        room: { roomId: 'r' },
        member: undefined,
      });
      expect(await store.directory.find({ code: '' }, undefined)).toBeUndefined();
      expect(await store.directory.find({ publicNameKey: 'r' }, undefined)).toBeDefined();
    });

    test('public names and codes are unique; a repeated request returns the first room', async () => {
      await makeUser(store, 'ann');
      await makeRoom(store, 'r', 'ann', { requestId: 'request-1' });
      const again = await makeRoom(store, 'r2', 'ann', { requestId: 'request-1', nameKey: 'else' });
      expect(again).toMatchObject({ existed: true, room: { roomId: 'r' } });
      const base = {
        roomId: room('r3'),
        creatorId: user('ann'),
        kind: RoomKind.PUBLIC,
        name: 'R',
        nameKey: 'r',
        topic: '',
        code: 'NEW',
        passwordHash: undefined,
        guestsAllowed: true,
        requestId: '',
      };
      expect(await store.rooms.create(base)).toMatchObject({
        error: { code: 'NAME_TAKEN', field: 'name' },
      });
      const sameCode = { ...base, nameKey: 'other', code: 'CODE-r' };
      expect(await store.rooms.create(sameCode)).toMatchObject({
        error: { code: 'LIMIT', field: 'code' },
      });
      const asPrivate = { ...base, kind: RoomKind.PRIVATE };
      expect(code(await store.rooms.create(asPrivate))).toBe('ok');
      const publish = { ...NO_CHANGE, kind: RoomKind.PUBLIC };
      expect(code(await act(store, 'ann', 'r3', publish))).toBe('NAME_TAKEN');
    });

    test('joining asks for the right door, password and kind of account', async () => {
      await makeUser(store, 'ann');
      await makeUser(store, 'bob');
      await makeUser(store, 'gus', UserKind.GUEST);
      await makeRoom(store, 'r', 'ann', {
        kind: RoomKind.PRIVATE,
        passwordHash: 'H',
        guestsAllowed: false,
      });
      const byCode: RoomAction = { type: 'join', via: 'code', provenPasswordHash: 'H' };
      expect(code(await act(store, 'bob', 'r', JOIN))).toBe('NOT_FOUND');
      expect(code(await act(store, 'bob', 'r', { ...byCode, provenPasswordHash: 'old' }))).toBe(
        'WRONG_PASSWORD',
      );
      expect(code(await act(store, 'gus', 'r', byCode))).toBe('GUESTS_REFUSED');
      const joined = value(await act(store, 'bob', 'r', byCode));
      expect(joined).toMatchObject({ seq: 3, duplicate: false });
      expect(value(await act(store, 'bob', 'r', byCode))).toMatchObject({
        seq: 3,
        duplicate: true,
      });
      value(
        await act(store, 'ann', 'r', { ...NO_CHANGE, passwordHash: null, guestsAllowed: true }),
      );
      expect(code(await act(store, 'gus', 'r', { ...byCode, provenPasswordHash: undefined }))).toBe(
        'ok',
      );
      expect((await find('r'))?.room).toMatchObject({ memberCount: 3, ownerCount: 1 });
    });

    test('a private room shows its history from the joining on, a public one all of it', async () => {
      await makeUser(store, 'bob');
      await makeParty(store, 'open', ['ann']);
      await makeRoom(store, 'closed', 'ann', { kind: RoomKind.PRIVATE });
      for (const id of ['open', 'closed']) {
        value(await act(store, 'ann', id, post('message-1')));
        value(
          await act(store, 'bob', id, {
            type: 'join',
            via: id === 'open' ? 'public' : 'code',
            provenPasswordHash: undefined,
          }),
        );
      }
      expect(await readLog(store, 'open', 'bob')).toHaveLength(4);
      expect((await readLog(store, 'closed', 'bob')).map(({ seq }) => Number(seq))).toEqual([4]);
      const hidden = { roomId: room('closed'), readerId: user('bob'), seq: 3 };
      expect(code(await store.log.readMessage(hidden))).toBe('NOT_FOUND');
      expect(
        code(
          await act(store, 'bob', 'closed', { type: 'react', seq: 3, emoji: '👍', present: true }),
        ),
      ).toBe('NOT_FOUND');
    });

    test('a room with members always has an owner', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      expect(code(await act(store, 'ann', 'r', { type: 'leave' }))).toBe('LAST_OWNER');
      expect(
        code(
          await act(store, 'ann', 'r', {
            type: 'set-role',
            userId: user('ann'),
            role: Role.MEMBER,
          }),
        ),
      ).toBe('LAST_OWNER');
      expect(
        code(await act(store, 'ann', 'r', { type: 'kick', userId: user('ann'), reason: '' })),
      ).toBe('FORBIDDEN');
      value(
        await act(store, 'ann', 'r', { type: 'set-role', userId: user('bob'), role: Role.OWNER }),
      );
      // R12: two owners demote each other; the first one wins.
      const [one, other] = await Promise.all([
        act(store, 'ann', 'r', { type: 'set-role', userId: user('bob'), role: Role.MEMBER }),
        act(store, 'bob', 'r', { type: 'set-role', userId: user('ann'), role: Role.MEMBER }),
      ]);
      expect([code(one), code(other)]).toEqual(['ok', 'FORBIDDEN']);
      value(await act(store, 'bob', 'r', { type: 'leave' }));
      value(await act(store, 'ann', 'r', { type: 'leave' }));
      expect(value(await act(store, 'ann', 'r', { type: 'leave' })).duplicate).toBe(true);
      value(await act(store, 'bob', 'r', JOIN));
      expect((await find('r', 'bob'))?.member?.role).toBe(Role.OWNER);
    });

    test('[G10] a banned user stays out until the ban ends or is lifted', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      const untilMs = clock.nowMs() + 1_000;
      value(
        await act(store, 'ann', 'r', { type: 'ban', userId: user('bob'), reason: '', untilMs }),
      );
      const [ban] = [await act(store, 'bob', 'r', JOIN)];
      expect(code(ban)).toBe('BANNED');
      clock.advance(1_000);
      expect(code(await act(store, 'bob', 'r', JOIN))).toBe('ok');
      value(
        await act(store, 'ann', 'r', {
          type: 'ban',
          userId: user('bob'),
          reason: '',
          untilMs: undefined,
        }),
      );
      value(await act(store, 'ann', 'r', { type: 'unban', userId: user('bob') }));
      expect(code(await act(store, 'bob', 'r', JOIN))).toBe('ok');
    });

    test('nobody acts on a role above their own', async () => {
      await makeParty(store, 'r', ['ann', 'mod', 'bob']);
      expect(
        code(await act(store, 'bob', 'r', { type: 'kick', userId: user('mod'), reason: '' })),
      ).toBe('FORBIDDEN');
      value(
        await act(store, 'ann', 'r', {
          type: 'set-role',
          userId: user('mod'),
          role: Role.MODERATOR,
        }),
      );
      for (const type of ['kick', 'ban', 'mute'] as const) {
        const action = { type, userId: user('ann'), reason: '', untilMs: clock.nowMs() + 9 };
        expect(code(await act(store, 'mod', 'r', action))).toBe('FORBIDDEN');
      }
      expect(
        code(
          await act(store, 'mod', 'r', { type: 'set-role', userId: user('bob'), role: Role.OWNER }),
        ),
      ).toBe('FORBIDDEN');
      expect(code(await act(store, 'mod', 'r', { ...NO_CHANGE, topic: 'x' }))).toBe('FORBIDDEN');
      expect(
        code(await act(store, 'mod', 'r', { type: 'kick', userId: user('bob'), reason: '' })),
      ).toBe('ok');
      expect(
        code(await act(store, 'mod', 'r', { type: 'kick', userId: user('bob'), reason: '' })),
      ).toBe('NOT_FOUND');
    });

    test('the direct room of the same users is one room, whoever opens it', async () => {
      for (const id of ['ann', 'bob', 'cid']) await makeUser(store, id);
      const openDirect = (id: string, actor: string, others: string[]) =>
        store.rooms.openDirect({
          roomId: room(id),
          actorId: user(actor),
          userIds: others.map(user),
        });
      const first = value(await openDirect('d1', 'ann', ['bob']));
      expect(first).toMatchObject({
        existed: false,
        room: { code: '', memberCount: 2, directUserIds: ['ann', 'bob'] },
      });
      expect(value(await openDirect('d2', 'bob', ['ann']))).toMatchObject({
        existed: true,
        room: { roomId: 'd1' },
      });
      const group = value(await openDirect('d3', 'ann', ['cid', 'bob']));
      expect(group.room.settings.kind).toBe(RoomKind.GROUP_DIRECT);
      expect(code(await openDirect('d4', 'ann', ['nobody']))).toBe('NOT_FOUND');
      expect(code(await openDirect('d4', 'ann', ['ann']))).toBe('BAD_FIELD');
      expect(code(await act(store, 'ann', 'd1', { type: 'leave' }))).toBe('FORBIDDEN');
      expect(
        code(await act(store, 'ann', 'd1', { type: 'kick', userId: user('bob'), reason: '' })),
      ).toBe('FORBIDDEN');
      expect(
        code(
          await act(store, 'cid', 'd1', {
            type: 'join',
            via: 'code',
            provenPasswordHash: undefined,
          }),
        ),
      ).toBe('NOT_FOUND');
      expect(code(await act(store, 'bob', 'd1', post('message-1')))).toBe('ok');
    });

    test('[G22] the read cursor only moves forward, and unread is what others wrote behind it', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      expect(await unread('bob', 'r')).toEqual({ readSeq: 3, messages: 0, mentions: 0 });
      const mentions = [{ target: { $case: 'userId' as const, value: 'bob' } }];
      const everyone = [{ target: { $case: 'everyone' as const, value: true } }];
      value(await act(store, 'ann', 'r', post('message-1')));
      value(await act(store, 'ann', 'r', post('message-2', { mentions })));
      value(await act(store, 'bob', 'r', post('message-3', { mentions: everyone })));
      const last = value(await act(store, 'ann', 'r', post('message-4', { mentions: everyone })));
      expect(await unread('bob', 'r')).toEqual({ readSeq: 3, messages: 3, mentions: 2 });
      expect(await unread('ann', 'r')).toEqual({ readSeq: 2, messages: 1, mentions: 1 });
      value(await act(store, 'ann', 'r', { type: 'delete', seq: last.seq, reason: '' }));
      expect(await unread('bob', 'r')).toEqual({ readSeq: 3, messages: 2, mentions: 1 });
      const mark = (seq: number) =>
        store.rooms.markRead({ roomId: room('r'), userId: user('bob'), seq });
      expect(value(await mark(4))).toEqual({ readSeq: 4, messages: 1, mentions: 1 });
      expect(value(await mark(2))).toEqual({ readSeq: 4, messages: 1, mentions: 1 });
      expect(value(await mark(9_999))).toEqual({ readSeq: 8, messages: 0, mentions: 0 });
      const cursors = { roomId: room('r'), askerId: user('ann') };
      expect(value(await store.directory.listReadCursors(cursors))).toEqual([
        { userId: 'bob', seq: 8 },
      ]);
      expect(
        code(await store.rooms.markRead({ roomId: room('r'), userId: user('eve'), seq: 1 })),
      ).toBe('NOT_FOUND');
    });

    test('lists come in pages: public rooms by size, members by role and name', async () => {
      for (const id of ['ann', 'bob', 'cid', 'dan']) await makeUser(store, id);
      for (const id of ['r1', 'r2', 'x3']) await makeRoom(store, id, 'dan');
      await makeRoom(store, 'hidden', 'dan', { kind: RoomKind.PRIVATE });
      for (const who of ['ann', 'bob', 'cid']) value(await act(store, who, 'r2', JOIN));
      value(await act(store, 'ann', 'x3', JOIN));
      const rooms: string[] = [];
      for (let after: string | undefined, more = true; more; more = after !== undefined) {
        const page = await store.directory.listPublic({ nameKeyPrefix: '', after, limit: 2 });
        rooms.push(...page.items.map(({ roomId }) => roomId));
        after = page.next;
      }
      expect(rooms).toEqual(['r2', 'x3', 'r1']);
      const found = await store.directory.listPublic({
        nameKeyPrefix: 'r',
        after: undefined,
        limit: 9,
      });
      expect(found.items.map(({ roomId }) => roomId)).toEqual(['r2', 'r1']);
      await expect(
        store.directory.listPublic({ nameKeyPrefix: '', after: '!', limit: 2 }),
      ).rejects.toMatchObject({ code: 'BAD_CURSOR' });
      const members: string[] = [];
      for (let after: string | undefined, more = true; more; more = after !== undefined) {
        const page = value(
          await store.directory.listMembers({
            roomId: room('r2'),
            askerId: user('bob'),
            after,
            limit: 3,
          }),
        );
        members.push(...page.items.map(({ displayName }) => displayName));
        after = page.next;
      }
      expect(members).toEqual(['dan', 'ann', 'bob', 'cid']);
      const mine = await store.directory.listMine(user('ann'));
      expect(mine.map((one) => one.room.roomId).toSorted()).toEqual(['r2', 'x3']);
    });

    test('an invite opens a private room as often and as long as it says', async () => {
      for (const id of ['ann', 'bob', 'cid']) await makeUser(store, id);
      await makeRoom(store, 'r', 'ann', { kind: RoomKind.PRIVATE });
      const invite = {
        code: 'secret-invite',
        roomId: room('r'),
        creatorId: user('ann'),
        expiresMs: clock.nowMs() + 1_000,
        maxUses: 1,
      };
      value(await store.invites.create(invite));
      expect(
        code(await store.invites.create({ ...invite, code: 'other', creatorId: user('bob') })),
      ).toBe('NOT_FOUND');
      expect(await store.directory.find({ inviteCode: 'secret-invite' }, undefined)).toBeDefined();
      const join: RoomAction = {
        type: 'join',
        via: { inviteCode: 'secret-invite' },
        provenPasswordHash: undefined,
      };
      expect(code(await act(store, 'bob', 'r', join))).toBe('ok');
      expect(code(await act(store, 'cid', 'r', join))).toBe('NOT_FOUND');
      expect(
        await store.directory.find({ inviteCode: 'secret-invite' }, undefined),
      ).toBeUndefined();
      value(await store.invites.create({ ...invite, code: 'second', maxUses: 0 }));
      expect(
        value(await store.invites.list({ roomId: room('r'), actorId: user('ann') })),
      ).toMatchObject([{ code: 'second' }]);
      clock.advance(1_000);
      expect(code(await act(store, 'cid', 'r', { ...join, via: { inviteCode: 'second' } }))).toBe(
        'NOT_FOUND',
      );
      expect(code(await store.invites.revoke({ code: 'second', actorId: user('bob') }))).toBe(
        'NOT_FOUND',
      );
      expect(code(await store.invites.revoke({ code: 'second', actorId: user('ann') }))).toBe('ok');
    });

    test('a new code replaces the old one; a deleted room is gone with its log', async () => {
      await makeParty(store, 'r', ['ann', 'bob']);
      expect(
        code(await store.rooms.setCode({ roomId: room('r'), actorId: user('bob'), code: 'N' })),
      ).toBe('FORBIDDEN');
      value(await store.rooms.setCode({ roomId: room('r'), actorId: user('ann'), code: 'N' }));
      expect(await store.directory.find({ code: 'CODE-r' }, undefined)).toBeUndefined();
      expect((await store.directory.find({ code: 'N' }, undefined))?.room.code).toBe('N');
      const deleted: unknown[] = [];
      store.log.onCommit((events) => deleted.push(...events));
      expect(code(await store.rooms.delete({ roomId: room('r'), actorId: user('bob') }))).toBe(
        'FORBIDDEN',
      );
      value(await store.rooms.delete({ roomId: room('r'), actorId: user('ann') }));
      expect(deleted).toEqual([{ type: 'room-deleted', roomId: 'r', userIds: ['ann', 'bob'] }]);
      expect(await find('r')).toBeUndefined();
      expect(code(await act(store, 'ann', 'r', post('message-1')))).toBe('NOT_FOUND');
      expect(await store.directory.listMine(user('ann'))).toEqual([]);
      await makeRoom(store, 'r-again', 'bob', { nameKey: 'r', code: 'N' });
    });
  });
}
