import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PresenceStatus, ResyncReason, RoomClosedReason, RoomKind } from '@chat/protocol';
import type { ChatServer } from '../../src/index.ts';
import {
  Closing,
  guest,
  newRoom,
  sendCommand,
  startServer,
  subscribe,
  type TestUser,
  welcomeRoom,
} from './kit.ts';

describe('the native chat stream', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  const at = (seq: number) => ({ epoch: server.store.epoch, seq: BigInt(seq) });
  async function joinBy(user: TestUser, code: string): Promise<void> {
    await user.rooms.joinRoom({ target: { $case: 'code', value: code } });
  }

  test('[G7] [CHAT1] [SUB1] Ready comes first; a subscription replays from its position and goes on live without a hole', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    await Promise.all(
      Array.from({ length: 250 }, (_, index) => anna.send(roomId, `before ${index}`)),
    );
    const stream = anna.chat();
    const sending = Promise.all(
      Array.from({ length: 100 }, (_, index) => anna.send(roomId, `during ${index}`)),
    );
    await stream.open(roomId, at(0));
    const last = Math.max(...(await sending));
    await stream.until(roomId, last);
    expect(stream.inbox.items[0]?.$case).toBe('ready');
    const opened = await stream.event('opened');
    expect(opened.value.after).toEqual(at(0));
    expect(stream.seqs(roomId)).toEqual(Array.from({ length: last }, (_, index) => index + 1));
  });

  test('[G12] [RES1] a resumed subscription gets what was missed, once', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const first = anna.chat();
    await first.open(roomId);
    const seen = await anna.send(roomId, 'seen');
    await first.until(roomId, seen);
    first.end();
    await first.ended;
    const missed = [await anna.send(roomId, 'missed 1'), await anna.send(roomId, 'missed 2')];
    const second = anna.chat();
    await second.open(roomId, at(seen));
    const live = await anna.send(roomId, 'live');
    await second.until(roomId, live);
    expect(second.seqs(roomId)).toEqual([...missed, live]);
  });

  test('[G5] messages of one stream keep their order, also when some name people', async () => {
    const anna = await guest(server, closing, 'Anna');
    const { roomId } = await newRoom(anna);
    const stream = anna.chat();
    const ids = Array.from({ length: 40 }, (_, index) =>
      stream.command(sendCommand(roomId, index % 3 === 0 ? `${index} @anna` : `${index}`)),
    );
    const seqs = [];
    for (const id of ids) {
      const answer = await stream.answer(id);
      if (answer.$case !== 'done' || answer.value.result?.$case !== 'sendMessage')
        throw new Error('failed');
      seqs.push(Number(answer.value.result.value.position?.seq));
    }
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
  });

  test('[SUB3] a position of another epoch, beyond the head or too far back answers Resync', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    for (let index = 0; index < 5; index += 1) await anna.send(roomId, 'x');
    const reasonOf = async (after: ReturnType<typeof at>, maxReplay: number) => {
      const stream = anna.chat();
      stream.command(subscribe([{ roomId, after, maxReplay }]));
      const resync = await stream.event('resync');
      stream.cancel();
      return resync.value.reason;
    };
    expect(await reasonOf({ epoch: 'other', seq: 3n }, 0)).toBe(ResyncReason.EPOCH);
    expect(await reasonOf(at(1_000), 0)).toBe(ResyncReason.AHEAD);
    expect(await reasonOf(at(1), 2)).toBe(ResyncReason.TOO_FAR);
  });

  test('[SUB4] a foreign room fails a subscription; among others it is closed and the rest opens', async () => {
    const anna = await guest(server, closing);
    const eve = await guest(server, closing);
    const { roomId } = await newRoom(anna, RoomKind.PRIVATE);
    const stream = eve.chat();
    const cursor = { roomId, after: undefined, maxReplay: 0 };
    const refused = await stream.answer(stream.command(subscribe([cursor])));
    expect(refused).toMatchObject({ $case: 'failed', value: { reason: 'NOT_FOUND' } });
    const own = { ...cursor, roomId: await welcomeRoom(eve) };
    const done = await stream.answer(stream.command(subscribe([cursor, own])));
    expect(done.$case).toBe('done');
    expect((await stream.event('roomClosed')).value.roomId).toBe(roomId);
    expect((await stream.event('opened')).value.roomId).toBe(own.roomId);
  });

  test('[G10] [SUB6] a kick is the last entry the removed see, and RoomClosed follows it', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const { roomId, code } = await newRoom(anna);
    await joinBy(bert, code);
    const stream = bert.chat();
    await stream.open(roomId);
    const own = anna.chat();
    await own.open(roomId);
    const flood = Array.from({ length: 30 }, (_, index) => anna.send(roomId, `before ${index}`));
    const kicked = anna.moderation.kickMember({ roomId, userId: bert.id, reason: 'test' });
    const after = Array.from({ length: 30 }, (_, index) => anna.send(roomId, `after ${index}`));
    const kickSeq = Number((await kicked).position?.seq);
    const last = Math.max(...(await Promise.all([...flood, ...after])));
    const closed = await stream.event('roomClosed');
    expect(closed.value).toEqual({ roomId, reason: RoomClosedReason.KICKED });
    await own.until(roomId, last);
    // What comes on the same stream later comes after everything before it.
    await stream.answer(stream.command({ $case: 'unsubscribe', value: { roomIds: [] } }));
    expect(Math.max(...stream.seqs(roomId))).toBe(kickSeq);
    expect(stream.inbox.items.findLastIndex(({ $case }) => $case === 'roomEntries')).toBeLessThan(
      stream.inbox.items.indexOf(closed),
    );
  });

  test('a join shows on the other devices of the user as room_added', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const stream = bert.chat();
    await stream.event('ready');
    const { roomId, code } = await newRoom(anna);
    await joinBy(bert, code);
    const added = await stream.event('roomAdded');
    expect(added.value.room).toMatchObject({ roomId, code });
  });

  test('presence, typing, read cursors and names reach the others of the room', async () => {
    const anna = await guest(server, closing, 'Anna');
    const bert = await guest(server, closing, 'Bert');
    const roomId = await welcomeRoom(anna);
    const mine = anna.chat();
    await mine.open(roomId);
    const his = bert.chat();
    await his.open(roomId);
    const online = await mine.inbox.find(
      (event) => event.$case === 'presenceChanged' && event.value.presence?.userId === bert.id,
    );
    expect(online).toMatchObject({ value: { presence: { status: PresenceStatus.ONLINE } } });
    his.command({ $case: 'setTyping', value: { roomId, typing: true } });
    expect((await mine.event('typing')).value).toEqual({
      roomId,
      userId: bert.id,
      displayName: 'Bert',
      typing: true,
    });
    await bert.messages.markRead({ roomId, seq: 1n });
    expect((await mine.event('readCursor')).value.userId).toBe(bert.id);
    await bert.users.updateProfile({ displayName: 'Robert' });
    expect((await mine.event('userChanged')).value.displayName).toBe('Robert');
    const { presences } = await anna.rooms.listMembers({ roomId });
    expect(presences.map(({ userId }) => userId).toSorted()).toEqual([anna.id, bert.id].toSorted());
    his.end();
    await mine.inbox.find(
      (event) =>
        event.$case === 'presenceChanged' &&
        event.value.presence?.userId === bert.id &&
        event.value.presence.status === PresenceStatus.OFFLINE,
    );
  });

  test('a command that is no command ends the stream with INVALID_ARGUMENT', async () => {
    const anna = await guest(server, closing);
    const stream = anna.chat();
    await stream.event('ready');
    // A request without a command.
    stream.command(undefined as never);
    expect((await stream.ended)?.code).toBe('BAD_FIELD');
  });

  test('[CHAT2] the end of the server ends the stream with UNAVAILABLE, after the answers', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const stream = anna.chat();
    await stream.event('ready');
    const ids = Array.from({ length: 20 }, (_, index) =>
      stream.command(sendCommand(roomId, `${index}`)),
    );
    await stream.answer(ids[0]!);
    await server.close();
    expect((await stream.ended)?.code).toBe('UNAVAILABLE');
    for (const id of ids) expect((await stream.answer(id)).$case).toBe('done');
  });

  test('[SUB6] the end of a room is told once to each device, also to those that do not receive it', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const { roomId, code } = await newRoom(anna);
    await joinBy(bert, code);
    const [receiving, idle] = [bert.chat(), bert.chat()];
    await receiving.open(roomId);
    await idle.event('ready');
    await anna.moderation.kickMember({ roomId, userId: bert.id });
    for (const stream of [receiving, idle]) {
      await stream.event('roomClosed');
      // Something later on the same stream, so that a second one would be there.
      await stream.answer(stream.command({ $case: 'unsubscribe', value: { roomIds: [] } }));
      expect(stream.inbox.items.filter(({ $case }) => $case === 'roomClosed')).toHaveLength(1);
    }
    expect(receiving.seqs(roomId)).toHaveLength(1);
  });
});
