import {
  ChatRequest,
  ChatResponse,
  type Entry,
  Entry as EntryCodec,
  GrpcStatus,
  ListEntriesRequest,
  ListEntriesResponse,
  ListMyRoomsResponse,
  MyRoom,
  PresenceStatus,
  RoomClosedReason,
} from '@chat/protocol';
import { createSequentialIds } from '@chat/testing';
import { expect, test } from '@jest/globals';
import type { ChatClientOptions } from '../src/chat/chat-client-api.ts';
import { createChatClient } from '../src/chat/create-chat-client.ts';
import type { ChatEvent } from '../src/chat/events-api.ts';
import type { MessageItem } from '../src/chat/message-api.ts';
import { createMemoryOutbox } from '../src/chat/outbox-storage.ts';
import { createScriptedGateway, type GatewayCall } from './scripted-gateway.ts';

const ROOM = 'r1';

function posted(seq: number, text: string, options: { actorId?: string; id?: string } = {}): Entry {
  return EntryCodec.fromPartial({
    seq: BigInt(seq),
    actorId: options.actorId ?? 'u-bo',
    actorName: 'Bo',
    content: {
      $case: 'messagePosted',
      value: { message: { clientMessageId: options.id ?? '', text } },
    },
  });
}

/** A client that is online in one room whose log ends at `headSeq`; the test plays the server. */
async function online(
  options: Partial<ChatClientOptions> & { headSeq?: number; history?: Entry[] } = {},
) {
  const { headSeq = 0, history = [], ...clientOptions } = options;
  const commands: { readonly requestId: number; readonly command: ChatRequest['command'] }[] = [];
  const events: ChatEvent[] = [];
  const streams: GatewayCall[] = [];
  const gateway = createScriptedGateway({
    onCall(call) {
      const messages = call.messages.splice(0);
      if (call.start.method.endsWith('/Chat')) {
        if (!streams.includes(call)) streams.push(call);
        for (const bytes of messages) {
          call.grant(bytes.length + 72);
          commands.push(ChatRequest.decode(bytes));
        }
        return;
      }
      if (messages.length === 0) return;
      if (call.start.method.endsWith('/ListMyRooms')) {
        const room = MyRoom.fromPartial({
          room: { roomId: ROOM, name: 'one', head: { epoch: 'e', seq: BigInt(headSeq) } },
        });
        call.message(ListMyRoomsResponse.encode({ rooms: [room] }).finish());
        call.status();
      } else if (call.start.method.endsWith('/ListEntries')) {
        const { anchor, limit } = ListEntriesRequest.decode(messages[0]!);
        const before = anchor?.$case === 'beforeSeq' ? Number(anchor.value) : history.length + 1;
        const entries = history.slice(Math.max(0, before - 1 - limit), before - 1);
        call.message(
          ListEntriesResponse.encode({
            entries,
            head: { epoch: 'e', seq: BigInt(history.length) },
            firstVisibleSeq: 1n,
          }).finish(),
        );
        call.status();
      }
    },
  });
  const chat = createChatClient({
    link: gateway.link,
    clock: gateway.clock,
    random: () => 0.5,
    newId: createSequentialIds('own'),
    ...clientOptions,
  });
  chat.onEvent((event) => events.push(event));
  const tell = (event: ChatResponse['event']): void =>
    streams.at(-1)!.message(ChatResponse.encode(ChatResponse.fromPartial({ event })).finish());
  const ready = async () => {
    tell({
      $case: 'ready',
      value: ChatResponse.fromPartial({
        event: {
          $case: 'ready',
          value: { user: { userId: 'u-me', displayName: 'Me' }, epoch: 'e' },
        },
      }).event!.value as never,
    });
    await gateway.settle();
  };
  const opened = async (afterSeq: number, head = afterSeq) => {
    tell({
      $case: 'opened',
      value: {
        roomId: ROOM,
        after: { epoch: 'e', seq: BigInt(afterSeq) },
        headSeq: BigInt(head),
        presences: [],
        onlineCount: 1,
      },
    });
    await gateway.settle();
  };
  const entries = async (...list: Entry[]) => {
    tell({ $case: 'roomEntries', value: { roomId: ROOM, entries: list } });
    await gateway.settle();
  };
  const done = async (requestId: number, seq: number) => {
    tell({
      $case: 'done',
      value: {
        requestId,
        result: {
          $case: 'sendMessage',
          value: { position: { epoch: 'e', seq: BigInt(seq) }, time: undefined, duplicate: false },
        },
      },
    });
    await gateway.settle();
  };
  const failed = async (requestId: number, reason: string, code: number, retryAfterMs = 0) => {
    tell({
      $case: 'failed',
      value: { requestId, reason, code, message: '', field: '', retryAfterMs },
    });
    await gateway.settle();
  };
  chat.start();
  await gateway.settle();
  await ready();
  await opened(headSeq);
  commands.length = 0;
  const timeline = chat.timeline(ROOM);
  return {
    chat,
    gateway,
    clock: gateway.clock,
    settle: () => gateway.settle(),
    commands,
    events,
    streams,
    tell,
    ready,
    opened,
    entries,
    done,
    failed,
    timeline,
    sends: () => commands.filter(({ command }) => command?.$case === 'sendMessage'),
    rows: () =>
      timeline
        .getSnapshot()
        .items.map((item) =>
          item.kind === 'message'
            ? `${item.seq} ${item.text} ${item.delivery.state}`
            : `${item.seq}`,
        ),
    cursors: () =>
      commands.flatMap(({ command }) =>
        command?.$case === 'subscribe'
          ? command.value.rooms.map(({ roomId, after }) => `${roomId}@${after?.seq}`)
          : [],
      ),
  };
}

test('[CHAT1] nothing is asked before Ready; then each room from its own place', async () => {
  const { commands, ready, cursors } = await online({ headSeq: 7 });
  await ready();
  expect(commands.length).toBeGreaterThan(0);
  expect(cursors()[0]).toBe('r1@7');
});

test('[SND4] a message is shown at once and keeps its key when the ack comes before the entry', async () => {
  const { timeline, settle, sends, done, entries, rows } = await online();
  const { clientMessageId, sent } = timeline.send('hello');
  expect(rows()).toEqual(['0 hello sending']);
  await settle();
  await done(sends()[0]!.requestId, 1);
  expect(await sent).toBe(1);
  expect(rows()).toEqual(['1 hello sent']);
  await entries(posted(1, 'hello', { actorId: 'u-me', id: clientMessageId }));
  expect(rows()).toEqual(['1 hello sent']);
  expect(timeline.getSnapshot().items[0]?.key).toBe(clientMessageId);
});

test('[SND4] and when the entry comes before the ack', async () => {
  const { timeline, settle, sends, done, entries, rows } = await online();
  const { clientMessageId, sent } = timeline.send('hello');
  await settle();
  await entries(posted(1, 'hello', { actorId: 'u-me', id: clientMessageId }));
  expect(await sent).toBe(1);
  expect(rows()).toEqual(['1 hello sent']);
  await done(sends()[0]!.requestId, 1);
  expect(rows()).toEqual(['1 hello sent']);
});

test('an entry of another user with the same client_message_id is not taken for one’s own', async () => {
  const { timeline, settle, entries, rows } = await online();
  const { clientMessageId } = timeline.send('mine');
  await settle();
  await entries(posted(1, 'theirs', { actorId: 'u-bo', id: clientMessageId }));
  expect(rows()).toEqual(['1 theirs sent', '0 mine sending']);
});

test('messages of a room go out one behind the other, also when the first must be tried again', async () => {
  const { timeline, settle, sends, failed, done, clock } = await online();
  timeline.send('one');
  timeline.send('two');
  await settle();
  expect(sends()).toHaveLength(1);
  await failed(sends()[0]!.requestId, 'RATE_LIMITED', GrpcStatus.RESOURCE_EXHAUSTED, 700);
  expect(sends()).toHaveLength(1);
  await clock.advanceAsync(700);
  await settle();
  await done(sends()[1]!.requestId, 1);
  expect(
    sends().map(({ command }) => (command?.$case === 'sendMessage' ? command.value.text : '')),
  ).toEqual(['one', 'one', 'two']);
});

test('a refusal is final until the user tries again, with the same id; the next message goes on', async () => {
  const { timeline, settle, sends, failed, rows, events } = await online();
  const first = timeline.send('one');
  const refused = expect(first.sent).rejects.toMatchObject({ reason: 'MUTED' });
  timeline.send('two');
  await settle();
  await failed(sends()[0]!.requestId, 'MUTED', GrpcStatus.PERMISSION_DENIED);
  await refused;
  expect(rows()).toEqual(['0 one failed', '0 two sending']);
  expect(events.filter(({ type }) => type === 'sendFailed')).toHaveLength(1);
  timeline.retry(first.clientMessageId);
  await settle();
  await failed(sends()[1]!.requestId, 'TOO_LONG', GrpcStatus.INVALID_ARGUMENT);
  expect(sends().at(-1)?.command).toMatchObject({
    value: { clientMessageId: first.clientMessageId },
  });
  expect(timeline.discard('nobody')).toBe(false);
});

test('a queued or failed message can be discarded, one on its way cannot', async () => {
  const { timeline, settle, rows } = await online();
  const first = timeline.send('one');
  const second = timeline.send('two');
  const gone = expect(second.sent).rejects.toMatchObject({ reason: 'CANCELLED' });
  await settle();
  expect([
    timeline.discard(first.clientMessageId),
    timeline.discard(second.clientMessageId),
  ]).toEqual([false, true]);
  await gone;
  expect(rows()).toEqual(['0 one sending']);
});

test('what no server takes is refused before it is shown', async () => {
  const { timeline, rows } = await online();
  expect(() => timeline.send('  \n ')).toThrow(expect.objectContaining({ reason: 'EMPTY' }));
  expect(() => timeline.send('x'.repeat(4_001))).toThrow(
    expect.objectContaining({ reason: 'TOO_LONG' }),
  );
  expect(() => timeline.send('👋'.repeat(4_000))).not.toThrow();
  expect(() => timeline.send('漢'.repeat(6_000))).toThrow(
    expect.objectContaining({ reason: 'TOO_LONG' }),
  );
  expect(rows()).toHaveLength(1);
});

test('[SND2] unsent messages survive a restart and go out in their old order under their old ids', async () => {
  const outbox = createMemoryOutbox();
  const before = await online({ outbox });
  before.timeline.send('one');
  before.timeline.send('two');
  await before.settle();
  await before.chat.stop();
  const after = await online({ outbox, newId: createSequentialIds('later') });
  after.timeline.send('three');
  await after.settle();
  expect(after.rows().map((row) => row.split(' ')[1])).toEqual(['one', 'two', 'three']);
  await after.ready();
  expect(after.sends().at(-1)?.command).toMatchObject({
    value: { text: 'one', clientMessageId: 'own-00000001' },
  });
});

test('[CHAT3] Ready again: what is unanswered is sent again under the same id', async () => {
  const { timeline, settle, sends, ready, done } = await online();
  const { sent } = timeline.send('one');
  await settle();
  await ready();
  expect(sends()).toHaveLength(2);
  const ids = sends().map(
    ({ command }) => command?.$case === 'sendMessage' && command.value.clientMessageId,
  );
  expect(ids[0]).toBe(ids[1]);
  await done(sends()[0]!.requestId, 1);
  await done(sends()[1]!.requestId, 1);
  expect(await sent).toBe(1);
});

test('[RES1] after a lost connection the stream is opened again from the last entry', async () => {
  const { gateway, clock, settle, entries, ready, cursors, chat, streams } = await online({
    headSeq: 3,
  });
  await entries(posted(4, 'four'), posted(5, 'five'));
  await clock.advanceAsync(10_000);
  gateway.peer.cut();
  await settle();
  expect(streams).toHaveLength(2);
  expect(chat.connection.getSnapshot().state).toBe('reconnecting');
  await ready();
  expect(cursors()).toEqual(['r1@5']);
  expect(chat.connection.getSnapshot().state).toBe('online');
});

test('[SUB5] entries already held are dropped; a gap and Lagging lead to a Subscribe from the own place', async () => {
  const { entries, cursors, opened, rows, tell, settle } = await online();
  await entries(posted(1, 'a'), posted(2, 'b'));
  await entries(posted(2, 'b'), posted(3, 'c'));
  await entries(posted(5, 'e'));
  expect(cursors()).toEqual(['r1@3']);
  // What still comes before Opened does not ask twice.
  await entries(posted(6, 'f'));
  expect(cursors()).toEqual(['r1@3']);
  await opened(3, 6);
  await entries(posted(4, 'd'), posted(5, 'e'), posted(6, 'f'));
  tell({ $case: 'lagging', value: { roomId: ROOM, headSeq: 9n } });
  await settle();
  expect(cursors()).toEqual(['r1@3', 'r1@6']);
  expect(rows().map((row) => row.split(' ')[1])).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

test('[SUB3] Resync: the newest page takes the place of what was held, then the room goes on behind it', async () => {
  const history = Array.from({ length: 120 }, (_, index) => posted(index + 1, `m${index + 1}`));
  const { tell, settle, cursors, timeline, events } = await online({ history });
  tell({ $case: 'resync', value: { roomId: ROOM, head: { epoch: 'e', seq: 120n }, reason: 3 } });
  await settle();
  expect(cursors()).toEqual(['r1@120']);
  expect(timeline.getSnapshot()).toMatchObject({ firstSeq: 71, lastSeq: 120, hasOlder: true });
  expect(events.some(({ type }) => type === 'resync')).toBe(true);
  const loading = timeline.loadOlder();
  expect(timeline.getSnapshot().loadingOlder).toBe(true);
  await settle();
  expect(await loading).toBe(true);
  expect(timeline.getSnapshot()).toMatchObject({ firstSeq: 21, loadingOlder: false });
});

test('[LOG1] pages of history join without a hole, down to the first entry', async () => {
  const history = Array.from({ length: 130 }, (_, index) => posted(index + 1, `m${index + 1}`));
  const { timeline, settle, rows, entries } = await online({ headSeq: 130, history });
  const opening = timeline.open();
  await settle();
  await opening;
  expect(timeline.getSnapshot()).toMatchObject({ firstSeq: 81, lastSeq: 130, state: 'live' });
  await entries(posted(131, 'new'));
  for (const more of [true, true, false]) {
    const loading = timeline.loadOlder();
    await settle();
    expect(await loading).toBe(more);
  }
  expect(rows()).toHaveLength(131);
  expect(timeline.getSnapshot().hasOlder).toBe(false);
});

test('memory is bounded: the oldest entries are given up and can be read again', async () => {
  const { timeline, entries } = await online({ maxEntriesPerRoom: 100 });
  for (let seq = 1; seq <= 500; seq += 1) await entries(posted(seq, `m${seq}`));
  const { items, firstSeq, lastSeq, hasOlder } = timeline.getSnapshot();
  expect(items.length).toBeLessThanOrEqual(100);
  expect([lastSeq, hasOlder, items[0]?.seq]).toEqual([500, true, firstSeq]);
}, 15_000);

test('[SUB6] RoomClosed ends the room; a later invitation begins it anew', async () => {
  const { chat, tell, settle, timeline, cursors, entries } = await online();
  await entries(posted(1, 'a'));
  tell({ $case: 'roomClosed', value: { roomId: ROOM, reason: RoomClosedReason.KICKED } });
  await settle();
  expect(timeline.getSnapshot()).toMatchObject({
    state: 'closed',
    closedReason: RoomClosedReason.KICKED,
  });
  expect(chat.rooms.get(ROOM)).toBeUndefined();
  tell({
    $case: 'roomAdded',
    value: MyRoom.fromPartial({ room: { roomId: ROOM, head: { epoch: 'e', seq: 9n } } }),
  });
  await settle();
  expect(timeline.getSnapshot().state).not.toBe('closed');
  expect(cursors()).toEqual(['r1@9']);
});

test('unread counts messages of others behind the cursor; reading is told once a second', async () => {
  const { chat, entries, timeline, commands, clock, settle } = await online();
  await entries(posted(1, 'a'), posted(2, 'b'), posted(3, 'mine', { actorId: 'u-me' }));
  expect(chat.rooms.get(ROOM)).toMatchObject({ unreadMessages: 2, headSeq: 3 });
  timeline.markRead(1);
  timeline.markRead(2);
  timeline.markRead(1);
  expect(chat.rooms.get(ROOM)).toMatchObject({ unreadMessages: 0, readSeq: 2 });
  await settle();
  const marks = () =>
    commands.flatMap(({ command }) =>
      command?.$case === 'markRead' ? [Number(command.value.seq)] : [],
    );
  expect(marks()).toEqual([1]);
  await clock.advanceAsync(1_000);
  await settle();
  expect(marks()).toEqual([1, 2]);
});

test('[EPH1] typing is told at most every 3 s, stops with a message, and expires after 6 s', async () => {
  const { timeline, commands, clock, settle, tell } = await online();
  const told = () =>
    commands.flatMap(({ command }) =>
      command?.$case === 'setTyping' ? [command.value.typing] : [],
    );
  for (let press = 0; press < 5; press += 1) timeline.setTyping(true);
  await clock.advanceAsync(3_000);
  timeline.setTyping(true);
  timeline.setTyping(false);
  timeline.setTyping(false);
  await settle();
  expect(told()).toEqual([true, true, false]);

  const typing = (userId: string, now: boolean) =>
    tell({ $case: 'typing', value: { roomId: ROOM, userId, displayName: userId, typing: now } });
  typing('u-bo', true);
  typing('u-cy', true);
  typing('u-me', true);
  await settle();
  expect(timeline.getSnapshot().typing.map(({ userId }) => userId)).toEqual(['u-bo', 'u-cy']);
  typing('u-cy', false);
  await clock.advanceAsync(5_999);
  await settle();
  expect(timeline.getSnapshot().typing).toHaveLength(1);
  await clock.advanceAsync(1);
  expect(timeline.getSnapshot().typing).toEqual([]);
});

test('[EPH2] presence follows the events; offline users leave the map', async () => {
  const { timeline, tell, settle } = await online();
  const change = (userId: string, status: PresenceStatus, onlineCount: number) =>
    tell({
      $case: 'presenceChanged',
      value: {
        roomId: ROOM,
        presence: { userId, displayName: userId, status, lastSeenTime: undefined },
        onlineCount,
      },
    });
  change('u-bo', PresenceStatus.ONLINE, 2);
  change('u-cy', PresenceStatus.AWAY, 3);
  change('u-bo', PresenceStatus.OFFLINE, 2);
  await settle();
  const { presences, onlineCount } = timeline.getSnapshot();
  expect([[...presences.keys()], onlineCount]).toEqual([['u-cy'], 2]);
});

test('snapshots are immutable and the same until something changes', async () => {
  const { timeline, entries } = await online();
  const first = timeline.getSnapshot();
  expect(timeline.getSnapshot()).toBe(first);
  let told = 0;
  const stop = timeline.subscribe(() => (told += 1));
  await entries(posted(1, 'a'));
  expect(told).toBeGreaterThan(0);
  expect(timeline.getSnapshot()).not.toBe(first);
  expect(first.items).toEqual([]);
  stop();
  const before = told;
  await entries(posted(2, 'b'));
  expect(told).toBe(before);
});

test('events can be iterated over; the loop ends with the client', async () => {
  const { chat, entries } = await online();
  const texts: string[] = [];
  const loop = (async () => {
    for await (const event of chat.events())
      if (event.type === 'message') texts.push(event.item.text);
  })();
  await entries(posted(1, 'a'), posted(2, 'b'));
  await chat.stop();
  await loop;
  expect(texts).toEqual(['a', 'b']);
});

test('a stream that the server ends is opened again with backoff on the same connection', async () => {
  const { streams, settle, clock, chat } = await online();
  streams[0]!.status({ code: GrpcStatus.UNAVAILABLE, message: 'restarting' });
  await settle();
  expect(chat.connection.getSnapshot()).toMatchObject({
    state: 'waiting',
    nextTryInMs: 125,
    reason: 'restarting',
  });
  await clock.advanceAsync(125);
  await settle();
  expect(streams).toHaveLength(2);
});

test('tryNow ends the wait of the stream', async () => {
  const { streams, settle, chat } = await online();
  streams[0]!.status({ code: GrpcStatus.UNAVAILABLE });
  await settle();
  chat.tryNow();
  await settle();
  expect(streams).toHaveLength(2);
});

test('a refusal of the caller is final and says why', async () => {
  const { streams, settle, chat, clock } = await online();
  streams[0]!.status({ code: GrpcStatus.PERMISSION_DENIED, message: 'banned' });
  await settle();
  expect(chat.connection.getSnapshot()).toEqual({
    state: 'closed',
    reason: 'forbidden',
    message: 'banned',
  });
  await clock.advanceAsync(60_000);
  expect(streams).toHaveLength(1);
});

test('stop leaves no timer behind', async () => {
  const { chat, timeline, clock, settle, tell } = await online();
  timeline.send('one');
  tell({
    $case: 'typing',
    value: { roomId: ROOM, userId: 'u-bo', displayName: 'Bo', typing: true },
  });
  await settle();
  await chat.stop();
  await clock.advanceAsync(5_000);
  expect(clock.pendingTimers).toBe(0);
  expect(chat.connection.getSnapshot()).toEqual({ state: 'idle' });
});

test('edits, deletions and reactions change the message in place', async () => {
  const { entries, timeline, events } = await online();
  await entries(posted(1, 'first'));
  const change = (seq: number, content: Entry['content']) =>
    entries(EntryCodec.fromPartial({ seq: BigInt(seq), actorId: 'u-cy', content }));
  const item = (): MessageItem => timeline.getSnapshot().items[0] as MessageItem;
  await change(2, {
    $case: 'messageEdited',
    value: { messageSeq: 1n, text: 'second', mentions: [] },
  });
  expect(item().text).toBe('second');
  await change(3, {
    $case: 'reactionChanged',
    value: { messageSeq: 1n, emoji: '👍', present: true },
  });
  await change(4, { $case: 'pinChanged', value: { messageSeq: 1n, pinned: true } });
  expect([item().reactions, item().pinned]).toEqual([[{ emoji: '👍', userIds: ['u-cy'] }], true]);
  await change(5, { $case: 'messageDeleted', value: { messageSeq: 1n, reason: '' } });
  await change(6, {
    $case: 'messageEdited',
    value: { messageSeq: 1n, text: 'too late', mentions: [] },
  });
  expect(item()).toMatchObject({ deleted: true, text: '', reactions: [], pinned: false });
  expect(events.filter(({ type }) => type === 'messageChanged')).toHaveLength(4);
});

test('the list keeps the order of the server, and a room where something is said comes first', async () => {
  const { chat, tell, settle, entries } = await online();
  for (const roomId of ['r2', 'r3']) {
    tell({
      $case: 'roomAdded',
      value: MyRoom.fromPartial({ room: { roomId, head: { epoch: 'e', seq: 0n } } }),
    });
  }
  await settle();
  const order = () => chat.rooms.getSnapshot().list.map(({ roomId }) => roomId);
  expect(order()).toEqual(['r3', 'r2', 'r1']);
  await entries(posted(1, 'hello'));
  expect(order()).toEqual(['r1', 'r3', 'r2']);
});
