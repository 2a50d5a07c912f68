import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ChatResponse, GrpcStatus, RoomClosedReason } from '@chat/protocol';
import type { ChatServer } from '../../src/index.ts';
import { createManualTime, type ManualTime } from '../../src/live/manual-timers.ts';
import { Closing, guest, newRoom, sendCommand, startServer, type TestUser } from './kit.ts';
import { RelayLink } from './relay-link.ts';

describe('the relay link', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  const at = (seq: number) => ({ epoch: server.store.epoch, seq: BigInt(seq) });
  async function sharedRoom(owner: TestUser, ...others: TestUser[]): Promise<string> {
    const { roomId, code } = await newRoom(owner);
    for (const user of others) {
      await user.rooms.joinRoom({ target: { $case: 'code', value: code } });
    }
    return roomId;
  }

  test('a token is checked for each session; a bad one closes that session only', async () => {
    const anna = await guest(server, closing, 'Anna');
    const link = new RelayLink(server, closing);
    link.attach(1, anna.token);
    link.attach(2, 'nonsense');
    const attached = await link.record('attached');
    expect(attached.value).toMatchObject({
      session: 1,
      sessionId: anna.sessionId,
      user: { displayName: 'Anna' },
    });
    expect(attached.value.accessExpiresInMs).toBeGreaterThan(590_000);
    const closed = await link.record('sessionClosed');
    expect(closed.value).toEqual({ session: 2, closeCode: 4500, reason: 'UNAUTHENTICATED' });
  });

  test('what is sent behind Attach waits for the check and keeps its order', async () => {
    const anna = await guest(server, closing);
    const roomId = await sharedRoom(anna);
    const link = new RelayLink(server, closing);
    link.attach(1, anna.token);
    link.write(1, { $case: 'openChat', value: {} });
    link.command(1, 7, sendCommand(roomId, 'at once'));
    expect((await link.event(1, 'ready')).value.epoch).toBe(server.store.epoch);
    expect((await link.event(1, 'done')).value.requestId).toBe(7);
  });

  test('[RLY1] [G7] an entry comes once per link, whatever the number of sessions, and RoomJoin says from where', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const roomId = await sharedRoom(anna, bert);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    await link.login(2, bert.token);
    const first = await link.join(1, roomId);
    const live = await anna.send(roomId, 'one');
    await link.untilBatch(roomId, live);
    // The second session begins before what the link has already carried.
    expect(await link.join(2, roomId, at(0))).toBe(live);
    const next = await anna.send(roomId, 'two');
    await link.untilBatch(roomId, next);
    expect(link.batches(roomId)).toEqual([
      { firstSeq: first + 1, lastSeq: live },
      { firstSeq: next, lastSeq: next },
    ]);
    const replayed = await link.event(2, 'roomEntries');
    expect(replayed.value.entries.map(({ seq }) => Number(seq))).toEqual(
      Array.from({ length: live }, (_, index) => index + 1),
    );
  });

  test('[RLY2] [G10] on the link a kick is: its batch, RoomLeave, RoomClosed, then later batches', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const roomId = await sharedRoom(anna, bert);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    await link.login(2, bert.token);
    await link.join(1, roomId);
    await link.join(2, roomId);
    const sends = Array.from({ length: 20 }, (_, index) => anna.send(roomId, `${index}`));
    const kick = anna.moderation.kickMember({ roomId, userId: bert.id });
    const later = Array.from({ length: 20 }, (_, index) => anna.send(roomId, `${index}`));
    const kickSeq = Number((await kick).position?.seq);
    const sent = await Promise.all([...sends, ...later]);
    await link.untilBatch(roomId, Math.max(kickSeq, ...sent));
    const closed = await link.event(2, 'roomClosed');
    const order = link.inbox.items.flatMap((record): { what: number | string }[] => {
      if (record.$case === 'roomBatch') return [{ what: Number(record.value.lastSeq) }];
      if (record.$case === 'roomLeave') return [{ what: 'leave' }];
      const isClosed =
        record.$case === 'sessionEvent' &&
        ChatResponse.decode(record.value.event).event?.$case === 'roomClosed';
      return isClosed ? [{ what: 'closed' }] : [];
    });
    const leave = order.findIndex(({ what }) => what === 'leave');
    expect(order[leave - 1]?.what).toBe(kickSeq);
    expect(order[leave + 1]?.what).toBe('closed');
    expect(closed.value.reason).toBe(RoomClosedReason.KICKED);
    expect(link.inbox.items.filter(({ $case }) => $case === 'roomLeave')).toHaveLength(1);
  });

  test('[RLY3] [G12] after the link is lost, a new one continues each session at its position', async () => {
    const anna = await guest(server, closing);
    const roomId = await sharedRoom(anna);
    const first = new RelayLink(server, closing);
    await first.login(1, anna.token);
    const position = await first.join(1, roomId);
    await first.cut();
    const missed = await anna.send(roomId, 'missed');
    const second = new RelayLink(server, closing);
    await second.login(9, anna.token);
    expect(await second.join(9, roomId, at(position))).toBe(missed);
    const replayed = await second.event(9, 'roomEntries');
    expect(replayed.value.entries.map(({ seq }) => Number(seq))).toEqual([missed]);
  });

  test('[EPH1] a signal of a session goes to the room but not back to the session', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const roomId = await sharedRoom(anna, bert);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    await link.login(2, bert.token);
    await link.join(1, roomId);
    await link.join(2, roomId);
    link.command(1, 0, { $case: 'setTyping', value: { roomId, typing: true } });
    link.command(1, 0, { $case: 'setTyping', value: { roomId, typing: true } });
    link.command(1, 0, { $case: 'setTyping', value: { roomId, typing: false } });
    const typings = () =>
      link.inbox.items.filter(
        (record) => record.$case === 'roomSignal' && record.value.key === `typing:${anna.id}`,
      );
    await link.inbox.find(() => typings().length >= 2);
    expect(typings()).toHaveLength(2);
    expect(typings()[0]).toMatchObject({ value: { roomId, exceptSession: 1 } });
  });

  test('a session that leaves the chat receives nothing more and can open it again', async () => {
    const anna = await guest(server, closing);
    const roomId = await sharedRoom(anna);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    await link.join(1, roomId);
    link.write(1, { $case: 'closeChat', value: {} });
    await link.record('roomLeave');
    await anna.send(roomId, 'unseen');
    const from = link.inbox.items.length;
    link.write(1, { $case: 'openChat', value: {} });
    await link.record('sessionEvent', from);
    expect(link.batches(roomId)).toEqual([]);
  });

  test('a bad command ends the chat stream of its session with a status, not the link', async () => {
    const anna = await guest(server, closing);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    link.write(1, { $case: 'command', value: Buffer.from([0x0a, 0xff]) });
    const ended = await link.record('chatEnded');
    expect(ended.value).toMatchObject({ session: 1, code: GrpcStatus.INVALID_ARGUMENT });
    link.write(1, { $case: 'openChat', value: {} });
    await link.inbox.find(
      (record) => record.$case === 'sessionEvent',
      link.inbox.items.indexOf(ended),
    );
  });

  test('a gateway that uses a session number twice loses its link', async () => {
    const anna = await guest(server, closing);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    link.attach(1, anna.token);
    expect((await link.ended)?.code).toBe('BAD_FIELD');
  });

  test('[AUTH7] [G11] logout closes the sessions of every link with 4503', async () => {
    const anna = await guest(server, closing);
    const links = [new RelayLink(server, closing), new RelayLink(server, closing)];
    for (const link of links) await link.login(5, anna.token);
    await anna.auth.logout({});
    for (const link of links) {
      const closed = await link.record('sessionClosed');
      expect(closed.value).toEqual({ session: 5, closeCode: 4503, reason: 'SESSION_ENDED' });
    }
  });

  test('[AUTH2] a newer token of the same user prolongs a session; one of another user ends it with 4506', async () => {
    const anna = await guest(server, closing);
    const eve = await guest(server, closing);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    const fresh = await anna.auth.refreshSession({ refreshToken: anna.refreshToken });
    const from = link.inbox.items.length;
    const token = { client: 't', remoteAddress: '' };
    link.write(1, { $case: 'reattach', value: { ...token, token: fresh.session!.accessToken } });
    expect((await link.record('attached', from)).value.session).toBe(1);
    link.write(1, { $case: 'reattach', value: { ...token, token: eve.token } });
    expect((await link.record('sessionClosed')).value).toMatchObject({
      session: 1,
      closeCode: 4506,
    });
  });
});

describe('the relay link and time', () => {
  let time: ManualTime;
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    time = createManualTime();
    server = closing.add(
      await startServer({ metricsListen: '127.0.0.1:0' }, { clock: time, timers: time }),
      (it) => it.close(),
    );
  });
  afterEach(() => closing.close());

  async function openStreams(count: number): Promise<void> {
    for (let text = ''; !text.includes(`chat_open_streams ${count}\n`); ) {
      text = await (await fetch(`http://127.0.0.1:${server.metricsPort}/metrics`)).text();
    }
  }

  test('[AUTH3] a session whose token ran out is closed with 4005', async () => {
    const anna = await guest(server, closing);
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    time.advance(601_000);
    expect((await link.record('sessionClosed')).value).toEqual({
      session: 1,
      closeCode: 4005,
      reason: 'TOKEN_EXPIRED',
    });
  });

  test('[EPH2] a user whose link was lost stays for 8 s; one who says goodbye is gone at once', async () => {
    const anna = await guest(server, closing, 'Anna');
    const bert = await guest(server, closing, 'Bert');
    const { roomId, code } = await newRoom(anna);
    await bert.rooms.joinRoom({ target: { $case: 'code', value: code } });
    const mine = new RelayLink(server, closing);
    await mine.login(1, anna.token);
    await mine.join(1, roomId);
    const onlineNow = async () => {
      const { presences } = await anna.rooms.listMembers({ roomId });
      return presences.map(({ displayName }) => displayName).toSorted();
    };
    const lost = new RelayLink(server, closing);
    await lost.login(1, bert.token);
    await lost.cut();
    await openStreams(1); // the server has noticed
    time.advance(7_900);
    expect(await onlineNow()).toEqual(['Anna', 'Bert']);
    time.advance(200);
    expect(await onlineNow()).toEqual(['Anna']);
    const polite = new RelayLink(server, closing);
    await polite.login(1, bert.token);
    polite.write(1, { $case: 'detach', value: { graceful: true } });
    polite.attach(2, 'nonsense');
    await polite.record('sessionClosed');
    expect(await onlineNow()).toEqual(['Anna']);
  });

  test('a guest that logged out leaves its rooms, and its name is free', async () => {
    const anna = await guest(server, closing, 'Anna');
    const bert = await guest(server, closing, 'Bert');
    const { roomId, code } = await newRoom(anna);
    await bert.rooms.joinRoom({ target: { $case: 'code', value: code } });
    const link = new RelayLink(server, closing);
    await link.login(1, anna.token);
    const joined = await link.join(1, roomId);
    await bert.auth.logout({});
    time.advance(60_000);
    await link.untilBatch(roomId, joined + 1);
    const { members } = await anna.rooms.listMembers({ roomId });
    expect(members.map(({ displayName }) => displayName)).toEqual(['Anna']);
    const again = await guest(server, closing, 'Bert');
    expect(again.id).not.toBe(bert.id);
  });
});
