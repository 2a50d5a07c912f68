import { describe, expect, test } from '@jest/globals';
import { ChatRequest, ChatResponse, Entry, type relay } from '@chat/protocol';
import { createManualClock } from '../ports/manual-clock.ts';
import { type GateSession, SessionRefused } from '../ports/session-gate.ts';
import { silentLog } from '../ports/log.ts';
import { createEdge } from './edge.ts';
import { silentEdgeEvents } from './edge-events.ts';
import { createMemoryEdgeCall } from './memory-edge-call.ts';
import { createMemoryRelay, type MemoryRelayStream } from './memory-relay-stream.ts';

type EventCase = NonNullable<ChatResponse['event']>;

function setUp(maxSocketsPerUser = 10) {
  const clock = createManualClock();
  const memory = createMemoryRelay();
  const edge = createEdge({
    addresses: ['a:1', 'b:2'],
    openStream: memory.open,
    clock,
    random: () => 0.5,
    log: silentLog,
    events: silentEdgeEvents,
    buildFrame: (_codec, _callId, event) => Buffer.from(event),
    maxSocketsPerUser,
  });
  const stream = (): MemoryRelayStream => memory.streams.at(-1)!;
  const up = () => {
    stream().accept();
    clock.flush();
  };
  const kinds = () => {
    clock.flush();
    return stream().received.map(({ record }) => record?.$case);
  };
  const attached = (session: number, userId = 'ann', epoch = 'e1') =>
    stream().send({
      $case: 'attached',
      value: {
        session,
        sessionId: `login-${session}`,
        user: { ...emptyUser, userId },
        accessExpiresInMs: 600_000,
        epoch,
      },
    });
  const closes: [number, string][] = [];
  const request = { token: 'secret', client: 'test 1', remoteAddress: '10.0.0.1' };
  const open = async (userId = 'ann'): Promise<{ session: GateSession; handle: number }> => {
    const opening = edge.gate.open(request, (code, reason) => closes.push([code, reason]));
    clock.flush();
    const handle = stream().received.at(-1)!.session;
    attached(handle, userId);
    return { session: await opening, handle };
  };
  const event = (session: number, event: EventCase, roomId = '', lastSeq = 0n) =>
    stream().send({
      $case: 'sessionEvent',
      value: {
        session,
        event: ChatResponse.encode({ event }).finish(),
        ephemeral: false,
        roomId,
        lastSeq,
      },
    });
  return { clock, memory, edge, stream, up, kinds, attached, closes, request, open, event };
}

const emptyUser = {
  userId: '',
  kind: 1 as const,
  displayName: '',
  username: '',
  avatarMediaId: '',
  createTime: undefined,
  suspended: false,
  admin: false,
  statusText: '',
};

const ready: EventCase = {
  $case: 'ready',
  value: { user: undefined, sessionId: 's', epoch: 'e1' },
};

function opened(roomId: string, seq: number): EventCase {
  const after = { epoch: 'e1', seq: BigInt(seq) };
  return {
    $case: 'opened',
    value: { roomId, after, headSeq: BigInt(seq), presences: [], onlineCount: 0 },
  };
}

function entriesEvent(roomId: string, first: number, last: number): EventCase {
  const entries = Array.from({ length: last - first + 1 }, (_, i) =>
    Entry.fromPartial({ seq: BigInt(first + i) }),
  );
  return { $case: 'roomEntries', value: { roomId, entries } };
}

function batch(roomId: string, first: number, last: number) {
  const event = ChatResponse.encode({ event: entriesEvent(roomId, first, last) }).finish();
  const value: relay.RoomBatch = { roomId, firstSeq: BigInt(first), lastSeq: BigInt(last), event };
  return { $case: 'roomBatch' as const, value };
}

function join(session: number, roomId: string, afterSeq: number) {
  return { $case: 'roomJoin' as const, value: { session, roomId, afterSeq: BigInt(afterSeq) } };
}

function eventsOf(call: ReturnType<typeof createMemoryEdgeCall>) {
  return call.sent.map(({ bytes }) => {
    const { event } = ChatResponse.decode(bytes);
    if (event?.$case !== 'roomEntries') return event?.$case;
    return event.value.entries.map(({ seq }) => Number(seq)).join(',');
  });
}

describe('sessions', () => {
  test('an accepted token opens a session that carries the name of the user and the life of the token', async () => {
    const { up, open, edge } = setUp();
    expect(edge.connected).toBe(false);
    up();
    const { session } = await open('ann');
    expect(session.state).toMatchObject({ principal: 'ann', accessExpiresInMs: 600_000 });
    expect(edge.connected).toBe(true);
  });

  test('[G11] a refused token closes with the code of the server, and a later end of the session too', async () => {
    const { up, clock, edge, stream, request, open, closes } = setUp();
    up();
    const refused = edge.gate.open(request, () => undefined);
    clock.flush();
    const { session } = stream().received.at(-1)!;
    const value = { session, closeCode: 4500, reason: 'UNAUTHENTICATED' };
    stream().send({ $case: 'sessionClosed', value });
    await expect(refused).rejects.toMatchObject({ closeCode: 4500 });
    const { handle } = await open();
    const end = { session: handle, closeCode: 4503, reason: 'SESSION_ENDED' };
    stream().send({ $case: 'sessionClosed', value: end });
    expect(closes).toEqual([[4503, 'SESSION_ENDED']]);
    expect(edge.sessionCount).toBe(0);
  });

  test('without a server an attach is given up after its bound, with a code to come back', async () => {
    const { clock, edge, request } = setUp();
    const opening = edge.gate.open(request, () => undefined);
    const outcome = expect(opening).rejects.toEqual(new SessionRefused(4006, 'UNAVAILABLE'));
    clock.advance(4_000);
    await outcome;
    expect(edge.sessionCount).toBe(0);
  });

  test('[W18] [LIM3] the socket beyond the limit of a user is refused, the others stay', async () => {
    const { up, open, closes, edge } = setUp(2);
    up();
    const first = await open('ann');
    await open('ann');
    await expect(open('ann')).rejects.toMatchObject({ closeCode: 4504 });
    await open('bob');
    expect(closes).toEqual([]);
    first.session.close(true);
    await open('ann');
    expect(edge.sessionCount).toBe(3);
  });

  test('an anonymous socket is not attached and has no chat', async () => {
    const { up, edge, kinds, request } = setUp();
    up();
    const session = await edge.gate.open({ ...request, token: '' }, () => undefined);
    expect(kinds()).toEqual([]);
    expect(() => edge.openChat(createMemoryEdgeCall('proto', 1, session))).toThrow('credential');
  });

  test('a refreshed token is presented on the same session', async () => {
    const { up, open, attached, kinds } = setUp();
    up();
    const { session, handle } = await open();
    const refreshed = session.refresh('newer');
    expect(kinds()).toEqual(['attach', 'reattach']);
    attached(handle);
    await expect(refreshed).resolves.toMatchObject({ principal: 'ann' });
  });
});

describe('the chat stream', () => {
  test('a second stream of the same socket is refused', async () => {
    const { up, open, edge } = setUp();
    up();
    const { session } = await open();
    edge.openChat(createMemoryEdgeCall('proto', 1, session));
    expect(() => edge.openChat(createMemoryEdgeCall('proto', 2, session))).toThrow('already open');
  });

  test('[G6] replay, join and live entries reach the client as one contiguous stream', async () => {
    const { up, open, edge, event, stream, clock, kinds } = setUp();
    up();
    const { session, handle } = await open();
    const call = createMemoryEdgeCall('proto', 1, session);
    const handlers = edge.openChat(call);
    handlers.onMessage(ChatRequest.encode({ requestId: 1, command: undefined }).finish());
    expect(kinds()).toEqual(['attach', 'openChat', 'command']);
    event(handle, ready);
    event(handle, opened('r', 3));
    event(handle, entriesEvent('r', 4, 5), 'r', 5n);
    stream().send(join(handle, 'r', 5), batch('r', 6, 6), batch('r', 7, 8));
    clock.flush();
    expect(eventsOf(call)).toEqual(['ready', 'opened', '4,5', '6,7,8']);
    handlers.onClosed('ended');
    expect(kinds().at(-1)).toBe('closeChat');
    expect(edge.roomCount).toBe(0);
  });

  test('[EPH2] a chat whose socket is gone is not closed by a goodbye: Detach tells whether there was one', async () => {
    const { up, open, edge, kinds } = setUp();
    up();
    const { session } = await open();
    const handlers = edge.openChat(createMemoryEdgeCall('proto', 1, session));
    handlers.onClosed('socketGone');
    session.close(false);
    expect(kinds()).toEqual(['attach', 'openChat', 'detach']);
    expect(edge.roomCount).toBe(0);
  });

  test('[G10] [RLY2] the entry of a kick is delivered, the room closed behind it, later entries are not', async () => {
    const { up, open, edge, event, stream, clock } = setUp();
    up();
    const { session, handle } = await open();
    const call = createMemoryEdgeCall('proto', 1, session);
    edge.openChat(call);
    event(handle, ready);
    event(handle, opened('r', 0));
    stream().send(join(handle, 'r', 0), batch('r', 1, 1), {
      $case: 'roomLeave',
      value: { session: handle, roomId: 'r' },
    });
    event(handle, { $case: 'roomClosed', value: { roomId: 'r', reason: 2 } });
    stream().send(batch('r', 2, 2));
    clock.flush();
    expect(eventsOf(call)).toEqual(['ready', 'opened', '1', 'roomClosed']);
  });

  test('[G7] a batch that skips entries makes the gateway ask again from its position', async () => {
    const { up, open, edge, event, stream, clock } = setUp();
    up();
    const { session, handle } = await open();
    const call = createMemoryEdgeCall('proto', 1, session);
    edge.openChat(call);
    event(handle, opened('r', 2));
    stream().send(join(handle, 'r', 2), batch('r', 4, 4));
    clock.flush();
    const last = stream().received.at(-1)!.record;
    if (last?.$case !== 'command') throw new Error('no command');
    expect(ChatRequest.decode(last.value)).toMatchObject({
      requestId: 0,
      command: { $case: 'subscribe', value: { rooms: [{ roomId: 'r', after: { seq: 2n } }] } },
    });
    event(handle, opened('r', 2));
    event(handle, entriesEvent('r', 3, 4), 'r', 4n);
    stream().send(join(handle, 'r', 4), batch('r', 5, 5));
    clock.flush();
    expect(eventsOf(call)).toEqual(['opened', 'opened', '3,4', '5']);
  });

  test('[G12] [RLY3] after a lost link the next server is asked, sessions attach again and rooms continue where they were', async () => {
    const { up, open, edge, event, stream, clock, memory, kinds, attached, closes } = setUp();
    up();
    const { session, handle } = await open();
    const call = createMemoryEdgeCall('proto', 1, session);
    const handlers = edge.openChat(call);
    event(handle, ready);
    event(handle, opened('r', 0));
    stream().send(join(handle, 'r', 0), batch('r', 1, 2));
    stream().lose('gone'); // in the same tick: what came is still delivered
    expect(edge.connected).toBe(false);
    handlers.onMessage(Uint8Array.of(0x08, 0x05)); // will be sent again by the client behind Ready
    clock.advance(5_000);
    expect(memory.streams.map(({ address }) => address)).toEqual(['a:1', 'b:2']);
    up();
    expect(kinds()).toEqual(['attach']);
    attached(handle);
    expect(kinds()).toEqual(['attach', 'openChat', 'command']);
    const command = stream().received[2]!.record;
    if (command?.$case !== 'command') throw new Error('no command');
    expect(ChatRequest.decode(command.value).command).toMatchObject({
      value: { rooms: [{ roomId: 'r', after: { epoch: 'e1', seq: 2n } }] },
    });
    event(handle, ready);
    handlers.onMessage(Uint8Array.of(0x08, 0x06));
    expect(kinds()).toEqual(['attach', 'openChat', 'command', 'command']);
    event(handle, opened('r', 2));
    event(handle, entriesEvent('r', 3, 3), 'r', 3n);
    stream().send(join(handle, 'r', 3), batch('r', 4, 4));
    clock.flush();
    expect(eventsOf(call)).toEqual(['ready', 'opened', '1,2', 'ready', 'opened', '3', '4']);
    expect(closes).toEqual([]);
  });

  test('records of one tick go up in one message, and wait while the stream takes no more', async () => {
    const { up, open, edge, stream, clock } = setUp();
    up();
    const { session } = await open();
    const handlers = edge.openChat(createMemoryEdgeCall('proto', 1, session));
    clock.flush();
    const before = stream().received.length;
    stream().setWritable(false);
    for (let i = 0; i < 250; i++) handlers.onMessage(Uint8Array.of(0x08, 0x01));
    clock.flush();
    expect(stream().received.length).toBe(before);
    stream().setWritable(true);
    expect(stream().received.length).toBe(before + 250);
  });
});
