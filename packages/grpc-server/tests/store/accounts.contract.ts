import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Role, type SessionId, UserKind } from '@chat/protocol';
import type { TokenPair } from '../../src/ports/sessions.ts';
import type { Store } from '../../src/ports/store.ts';
import {
  act,
  code,
  JOIN,
  makeParty,
  makeRoom,
  makeUser,
  readLog,
  room,
  user,
  value,
} from './fixture.ts';
import { createHandClock, type HandClock, type OpenStore } from './open-store.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What every store promises about accounts and sessions. */
export function describeAccounts(open: OpenStore): void {
  let store: Store;
  let clock: HandClock;
  beforeEach(async () => {
    clock = createHandClock();
    store = await open(clock);
  });
  afterEach(() => store.close());

  const session = (id: string): SessionId => id as SessionId;
  const token = (name: string): Uint8Array => Buffer.from(name.padEnd(32, '.'));
  const pair = (name: string): TokenPair => ({
    accessHash: token(`a ${name}`),
    accessExpiresMs: clock.nowMs() + 10 * MINUTE_MS,
    refreshHash: token(`r ${name}`),
    refreshExpiresMs: clock.nowMs() + 30 * DAY_MS,
  });
  const login = (id: string, who: string, tokens: string) =>
    store.sessions.open({
      sessionId: session(id),
      userId: user(who),
      client: 'test 1',
      tokens: pair(tokens),
      expiresMs: clock.nowMs() + 30 * DAY_MS,
      maxPerUser: 3,
    });
  const whois = async (tokens: string) =>
    code(await store.sessions.authenticate(token(`a ${tokens}`)));
  const refresh = (old: string, next: string) =>
    store.sessions.refresh({ refreshHash: token(`r ${old}`), next: pair(next) });

  describe('accounts', () => {
    test('names are unique among the living, login names for ever', async () => {
      await makeUser(store, 'ann');
      const twin = {
        userId: user('x'),
        kind: UserKind.GUEST,
        displayName: 'Ann',
        nameKey: 'ann',
        username: undefined,
        passwordHash: undefined,
        admin: false,
      };
      expect(await store.accounts.create(twin)).toMatchObject({
        error: { code: 'NAME_TAKEN', field: 'display_name' },
      });
      expect(await store.accounts.create({ ...twin, nameKey: 'x', username: 'ann' })).toMatchObject(
        { error: { code: 'NAME_TAKEN', field: 'username' } },
      );
      const [one, other] = await Promise.all([
        store.accounts.create({ ...twin, nameKey: 'new', userId: user('x1') }),
        store.accounts.create({ ...twin, nameKey: 'new', userId: user('x2') }),
      ]);
      expect([code(one), code(other)]).toEqual(['ok', 'NAME_TAKEN']);
      expect(await store.accounts.findLogin({ username: 'ann' })).toMatchObject({
        passwordHash: 'hash of ann',
        account: { userId: 'ann' },
      });
      expect(await store.accounts.findLogin({ userId: user('ann') })).toBeDefined();
      expect(await store.accounts.findLogin({ userId: user('x1') })).toBeUndefined();
      const found = await store.accounts.find([user('x1'), user('nobody'), user('ann')]);
      expect(found.map(({ userId }) => userId)).toEqual(['x1', 'ann']);
    });

    test('a guest that registers keeps its id, rooms and sessions', async () => {
      await makeUser(store, 'gus', UserKind.GUEST);
      await login('s', 'gus', 't');
      await makeRoom(store, 'r', 'gus');
      const account = {
        userId: user('gus'),
        kind: UserKind.REGISTERED,
        displayName: 'Gustav',
        nameKey: 'gustav',
        username: 'gustav',
        passwordHash: 'H',
        admin: false,
      };
      expect(value(await store.accounts.upgrade(account))).toMatchObject({
        userId: 'gus',
        kind: UserKind.REGISTERED,
      });
      expect(code(await store.accounts.upgrade(account))).toBe('NOT_FOUND');
      expect(await store.directory.listMine(user('gus'))).toHaveLength(1);
      expect(await whois('t')).toBe('ok');
      await makeUser(store, 'GUS', UserKind.GUEST);
    });

    test('a change touches what it names', async () => {
      await makeUser(store, 'ann');
      await makeUser(store, 'bob');
      const none = {
        userId: user('ann'),
        displayName: undefined,
        nameKey: undefined,
        avatarMediaId: undefined,
        statusText: undefined,
        passwordHash: undefined,
        suspended: undefined,
        admin: undefined,
      };
      const renamed = value(
        await store.accounts.change({ ...none, displayName: 'Anna', nameKey: 'anna' }),
      );
      expect(renamed).toMatchObject({ displayName: 'Anna', username: 'ann', suspended: false });
      expect(
        code(await store.accounts.change({ ...none, displayName: 'Bob', nameKey: 'bob' })),
      ).toBe('NAME_TAKEN');
      value(await store.accounts.change({ ...none, passwordHash: 'H2' }));
      expect((await store.accounts.findLogin({ username: 'ann' }))?.passwordHash).toBe('H2');
      await login('s', 'ann', 't');
      value(await store.accounts.change({ ...none, suspended: true }));
      expect(await whois('t')).toBe('UNAUTHENTICATED');
      expect(code(await store.accounts.change({ ...none, userId: user('nobody') }))).toBe(
        'NOT_FOUND',
      );
    });

    test('a retired guest leaves its rooms, hands them over and frees its name', async () => {
      await makeUser(store, 'gus', UserKind.GUEST);
      await makeUser(store, 'ann');
      await makeRoom(store, 'r', 'gus');
      value(await act(store, 'ann', 'r', JOIN));
      await login('s', 'gus', 't');
      value(await store.accounts.retire(user('gus')));
      value(await store.accounts.retire(user('gus')));
      const cases = (await readLog(store, 'r')).map(({ content }) => content?.$case);
      expect(cases.slice(-2)).toEqual(['roleChanged', 'memberLeft']);
      const view = await store.directory.find({ roomId: room('r') }, user('ann'));
      expect(view).toMatchObject({
        member: { role: Role.OWNER },
        room: { memberCount: 1, ownerCount: 1 },
      });
      expect(await whois('t')).toBe('UNAUTHENTICATED');
      expect(code(await act(store, 'gus', 'r', JOIN))).toBe('NOT_FOUND');
      expect(code(await store.accounts.retire(user('ann')))).toBe('FORBIDDEN');
      await makeUser(store, 'Gus', UserKind.GUEST);
    });

    test('people are found by the beginning of a name, listed newest first, and can be blocked', async () => {
      for (const id of ['ann', 'anna', 'bob']) await makeUser(store, id);
      expect(
        (await store.people.search({ prefix: 'an', limit: 9 })).map(({ userId }) => userId),
      ).toEqual(['ann', 'anna']);
      const first = await store.people.list({ after: undefined, limit: 2 });
      expect(first.items.map(({ userId }) => userId)).toEqual(['bob', 'anna']);
      const rest = await store.people.list({ after: first.next, limit: 2 });
      expect([rest.items.map(({ userId }) => userId), rest.next]).toEqual([['ann'], undefined]);
      const block = { blockerId: user('ann'), blockedId: user('bob'), blocked: true };
      value(await store.people.setBlock(block));
      value(await store.people.setBlock(block));
      expect(await store.people.listBlocked(user('ann'))).toMatchObject([{ userId: 'bob' }]);
      value(await store.people.setBlock({ ...block, blocked: false }));
      expect(await store.people.listBlocked(user('ann'))).toEqual([]);
      expect(code(await store.people.setBlock({ ...block, blockedId: user('nobody') }))).toBe(
        'NOT_FOUND',
      );
      expect(await store.people.count()).toEqual({ users: 3, rooms: 0, entries: 0 });
    });
  });

  describe('sessions', () => {
    test('an access token works until it expires', async () => {
      await makeUser(store, 'ann');
      await login('s', 'ann', 't');
      const who = value(await store.sessions.authenticate(token('a t')));
      expect(who).toMatchObject({
        account: { userId: 'ann' },
        session: { sessionId: 's', client: 'test 1' },
      });
      expect(await whois('unknown')).toBe('UNAUTHENTICATED');
      clock.advance(10 * MINUTE_MS);
      expect(await whois('t')).toBe('TOKEN_EXPIRED');
    });

    test('a refresh whose answer was lost can be repeated until the new token is used', async () => {
      await makeUser(store, 'ann');
      await login('s', 'ann', 't1');
      expect(await refresh('t1', 't2')).toMatchObject({ ok: true });
      expect(await refresh('t1', 't3')).toMatchObject({ ok: true });
      expect(await whois('t3')).toBe('ok');
      // Two tabs may have refreshed at once: both answers work.
      expect(await whois('t2')).toBe('ok');
      expect(await refresh('t3', 't4')).toMatchObject({ ok: true });
      expect(await whois('t4')).toBe('ok');
    });

    test('a refresh token used after its successor ends the session', async () => {
      await makeUser(store, 'ann');
      await login('s', 'ann', 't1');
      await refresh('t1', 't2');
      expect(await whois('t2')).toBe('ok');
      expect(await refresh('t1', 'x')).toMatchObject({
        ok: false,
        error: { code: 'TOKEN_REUSED' },
        endedSessionId: 's',
      });
      expect(await whois('t2')).toBe('UNAUTHENTICATED');
      expect(await refresh('t2', 'x')).toMatchObject({
        ok: false,
        error: { code: 'UNAUTHENTICATED' },
      });
    });

    test('[G11] a revoked session is unknown at once', async () => {
      await makeUser(store, 'ann');
      for (const id of ['1', '2', '3']) await login(`s${id}`, 'ann', `t${id}`);
      expect((await store.sessions.list(user('ann'))).map(({ sessionId }) => sessionId)).toEqual([
        's3',
        's2',
        's1',
      ]);
      expect(await store.sessions.revoke(user('bob'), { only: session('s1') })).toEqual([]);
      expect(await store.sessions.revoke(user('ann'), { only: session('s1') })).toEqual(['s1']);
      expect(await whois('t1')).toBe('UNAUTHENTICATED');
      expect(await store.sessions.revoke(user('ann'), { allBut: session('s3') })).toEqual(['s2']);
      expect(await whois('t3')).toBe('ok');
      expect(await store.sessions.revoke(user('ann'), { allBut: undefined })).toEqual(['s3']);
    });

    test('the oldest sessions make room for new ones', async () => {
      await makeUser(store, 'ann');
      for (const id of ['1', '2', '3'])
        expect((await login(`s${id}`, 'ann', `t${id}`)).endedSessionIds).toEqual([]);
      expect((await login('s4', 'ann', 't4')).endedSessionIds).toEqual(['s1']);
      expect(await whois('t1')).toBe('UNAUTHENTICATED');
    });

    test('the sweep ends what is expired and names guests that have no session left', async () => {
      await makeParty(store, 'r', ['ann']);
      await makeUser(store, 'gus', UserKind.GUEST);
      await login('s1', 'gus', 't1');
      expect(await store.sessions.sweep()).toEqual({ endedSessionIds: [], orphanedGuestIds: [] });
      clock.advance(29 * DAY_MS);
      await login('s2', 'ann', 't2');
      clock.advance(DAY_MS);
      expect(await refresh('t1', 'x')).toMatchObject({ error: { code: 'TOKEN_EXPIRED' } });
      expect(await store.sessions.sweep()).toEqual({
        endedSessionIds: ['s1'],
        orphanedGuestIds: ['gus'],
      });
      expect(await store.sessions.list(user('ann'))).toHaveLength(1);
    });
  });
}
