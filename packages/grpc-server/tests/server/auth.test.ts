import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { RoomKind, UserKind } from '@chat/protocol';
import type { ChatServer } from '../../src/index.ts';
import { anonymous, Closing, codeOf, guest, newRoom, startServer, userOf } from './kit.ts';

const PASSWORD = 'correct horse battery';

describe('accounts and logins over gRPC', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  async function registered(username: string) {
    const { auth } = anonymous(server, closing);
    const made = await auth.register({ username, password: PASSWORD });
    return userOf(server, closing, made.user!, made.session!);
  }

  test('a guest gets a session and lands in the welcome room', async () => {
    const anna = await guest(server, closing, 'Anna');
    expect(anna.user).toMatchObject({ displayName: 'Anna', kind: UserKind.GUEST });
    const { rooms } = await anna.rooms.listMyRooms({});
    expect(rooms.map(({ room }) => room?.name)).toEqual(['welcome']);
    const session = await anna.auth.getSession({});
    expect(session).toMatchObject({ sessionId: anna.sessionId, epoch: server.store.epoch });
    expect(session.accessExpiresInMs).toBeGreaterThan(590_000);
  });

  test('a display name in use is refused, whatever its case', async () => {
    await guest(server, closing, 'Anna');
    const { auth } = anonymous(server, closing);
    expect(await codeOf(auth.createGuest({ displayName: 'ANNA' }))).toBe('NAME_TAKEN');
    expect(await codeOf(auth.createGuest({ displayName: '\u200b' }))).toBe('EMPTY');
    expect(await codeOf(auth.createGuest({ displayName: 'admin' }))).toBe('NAME_RESERVED');
  });

  test('guests are refused when the server says so', async () => {
    const closed = closing.add(await startServer({ guests: false }), (it) => it.close());
    const { auth } = anonymous(closed, closing);
    expect(await codeOf(auth.createGuest({ displayName: 'Anna' }))).toBe('GUESTS_REFUSED');
  });

  test('an account logs in; a wrong name and a wrong password answer alike', async () => {
    await registered('berta');
    const { auth } = anonymous(server, closing);
    const { user } = await auth.login({ username: 'berta', password: PASSWORD });
    expect(user).toMatchObject({ username: 'berta', kind: UserKind.REGISTERED });
    expect(await codeOf(auth.login({ username: 'berta', password: 'wrong' }))).toBe(
      'BAD_CREDENTIALS',
    );
    expect(await codeOf(auth.login({ username: 'nobody', password: PASSWORD }))).toBe(
      'BAD_CREDENTIALS',
    );
    expect(await codeOf(auth.register({ username: 'berta', password: PASSWORD }))).toBe(
      'NAME_TAKEN',
    );
  });

  test('weak or malformed credentials are refused by field', async () => {
    const { auth } = anonymous(server, closing);
    const attempts = [
      { username: 'Ab', password: PASSWORD },
      { username: 'admin', password: PASSWORD },
      { username: 'carla', password: 'short' },
      { username: 'carla', password: 'x'.repeat(1_100) },
      { username: 'carla', password: 'carlacarlacarlacarla' },
    ];
    const codes = [];
    for (const attempt of attempts) codes.push(await codeOf(auth.register(attempt)));
    expect(codes).toEqual(['BAD_TEXT', 'NAME_RESERVED', 'BAD_FIELD', 'TOO_LONG', 'BAD_FIELD']);
  });

  test('a guest that registers keeps its id, its rooms and its messages', async () => {
    const anna = await guest(server, closing, 'Anna');
    const { user, session } = await anna.auth.register({ username: 'anna', password: PASSWORD });
    expect(user).toMatchObject({ userId: anna.id, username: 'anna', kind: UserKind.REGISTERED });
    const now = userOf(server, closing, user!, session!);
    expect((await now.rooms.listMyRooms({})).rooms).toHaveLength(1);
  });

  test('[AUTH6] a refresh rotates; the old pair dies when the new one is used; a reuse ends the session', async () => {
    const anna = await guest(server, closing, 'Anna');
    const { auth } = anonymous(server, closing);
    const lost = await auth.refreshSession({ refreshToken: anna.refreshToken });
    const again = await auth.refreshSession({ refreshToken: anna.refreshToken });
    expect(again.session?.accessToken).not.toBe(lost.session?.accessToken);
    anna.token = again.session!.accessToken;
    await anna.auth.getSession({});
    const reused = auth.refreshSession({ refreshToken: anna.refreshToken });
    expect(await codeOf(reused)).toBe('TOKEN_REUSED');
    expect(await codeOf(anna.auth.getSession({}))).toBe('UNAUTHENTICATED');
  });

  test('[AUTH7] [G11] logout ends the token, and the streams of the session at once', async () => {
    const anna = await guest(server, closing, 'Anna');
    const stream = anna.chat();
    await stream.event('ready');
    await anna.auth.logout({});
    expect((await stream.ended)?.code).toBe('SESSION_ENDED');
    expect(await codeOf(anna.auth.getSession({}))).toBe('UNAUTHENTICATED');
  });

  test('[G11] one session can end another of the same user, and none of a stranger', async () => {
    const berta = await registered('berta');
    const { auth } = anonymous(server, closing);
    const second = await auth.login({ username: 'berta', password: PASSWORD, client: 'phone' });
    const phone = userOf(server, closing, second.user!, second.session!);
    const stranger = await guest(server, closing);
    const revoke = { sessionId: phone.sessionId };
    expect(await codeOf(stranger.auth.revokeSession(revoke))).toBe('NOT_FOUND');
    const { sessions } = await berta.auth.listSessions({});
    expect(sessions.map(({ client, current }) => ({ client, current }))).toContainEqual({
      client: 'phone',
      current: false,
    });
    await berta.auth.revokeSession(revoke);
    expect(await codeOf(phone.auth.getSession({}))).toBe('UNAUTHENTICATED');
    expect(await codeOf(berta.auth.getSession({}))).toBe('OK');
  });

  test('[G11] a new password ends all other sessions', async () => {
    const berta = await registered('berta');
    const { auth } = anonymous(server, closing);
    const second = await auth.login({ username: 'berta', password: PASSWORD });
    const phone = userOf(server, closing, second.user!, second.session!);
    const wrong = { oldPassword: 'wrong', newPassword: 'another long secret' };
    expect(await codeOf(berta.auth.changePassword(wrong))).toBe('BAD_CREDENTIALS');
    await berta.auth.changePassword({ ...wrong, oldPassword: PASSWORD });
    expect(await codeOf(phone.auth.getSession({}))).toBe('UNAUTHENTICATED');
    expect(await codeOf(auth.login({ username: 'berta', password: PASSWORD }))).toBe(
      'BAD_CREDENTIALS',
    );
    expect(await codeOf(auth.login({ username: 'berta', password: wrong.newPassword }))).toBe('OK');
  });

  test('a suspended account is out at once and cannot come back', async () => {
    const closed = closing.add(await startServer({ admins: ['root-admin'] }), (it) => it.close());
    const { auth } = anonymous(closed, closing);
    const made = await auth.register({ username: 'root-admin', password: PASSWORD });
    const admin = userOf(closed, closing, made.user!, made.session!);
    const victim = await auth.register({ username: 'berta', password: PASSWORD });
    const berta = userOf(closed, closing, victim.user!, victim.session!);
    const stream = berta.chat();
    await stream.event('ready');
    expect(await codeOf(berta.admin.getServerInfo({}))).toBe('FORBIDDEN');
    await admin.admin.setSuspended({ userId: berta.id, suspended: true });
    expect((await stream.ended)?.code).toBe('SUSPENDED');
    expect(await codeOf(berta.auth.getSession({}))).toBe('UNAUTHENTICATED');
    expect(await codeOf(auth.login({ username: 'berta', password: PASSWORD }))).toBe('SUSPENDED');
    expect(await admin.admin.getServerInfo({})).toMatchObject({ store: 'memory', users: 3 });
  });

  test('[P21] every kind of bad token answers alike', async () => {
    const anna = await guest(server, closing);
    const codes = new Set<string>();
    for (const token of [
      'x',
      'ey.J.x',
      anna.token.slice(0, -1),
      `${anna.token}x`,
      'y'.repeat(4_000),
    ]) {
      anna.token = token;
      codes.add(await codeOf(anna.auth.getSession({})));
    }
    expect([...codes]).toEqual(['UNAUTHENTICATED']);
  });

  test('an administrator reads the whole log of a room; nobody else does', async () => {
    const managed = closing.add(await startServer({ admins: ['root-admin'] }), (it) => it.close());
    const { auth } = anonymous(managed, closing);
    const made = await auth.register({ username: 'root-admin', password: PASSWORD });
    const admin = userOf(managed, closing, made.user!, made.session!);
    const anna = await guest(managed, closing);
    const { roomId } = await newRoom(anna, RoomKind.PRIVATE);
    await Promise.all(Array.from({ length: 230 }, (_, index) => anna.send(roomId, `${index}`)));
    const read = async (user: typeof anna, afterSeq: bigint) => {
      const seqs: number[] = [];
      for await (const { entries } of user.admin.exportRoom({ roomId, afterSeq })) {
        seqs.push(...entries.map(({ seq }: { seq: bigint }) => Number(seq)));
      }
      return seqs;
    };
    const whole = await read(admin, 0n);
    expect(whole.length).toBeGreaterThan(230);
    expect(whole).toEqual(whole.map((_, index) => index + 1));
    expect(await read(admin, 200n)).toEqual(whole.slice(200));
    expect(await codeOf(read(anna, 0n))).toBe('FORBIDDEN');
  });
});
