import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { BRIDGE_SUBPROTOCOLS } from '@chat/protocol';
import { waitFor } from '@chat/testing';
import { WebSocket } from 'ws';
import { createGateway, type Gateway, gatewayConfig, type GatewayOverrides } from '../src/index.ts';
import { type ChatSocket, connectChat } from './chat-socket.ts';
import {
  createScriptedRooms,
  type ScriptedRelay,
  type ScriptedRooms,
  startScriptedRelay,
} from './scripted-relay.ts';

let rooms: ScriptedRooms;
let relay: ScriptedRelay;
let gateway: Gateway;
let sockets: ChatSocket[];

beforeEach(async () => {
  rooms = createScriptedRooms();
  relay = await startScriptedRelay(rooms);
  gateway = await startGateway({});
  sockets = [];
});

afterEach(async () => {
  for (const socket of sockets) socket.close();
  await gateway.close();
  relay.kill();
});

async function startGateway(
  changes: Parameters<typeof gatewayConfig>[0],
  connectionLimits: GatewayOverrides['connectionLimits'] = {},
): Promise<Gateway> {
  const grpcAddr = [relay.address];
  const config = gatewayConfig({
    wsHost: '127.0.0.1',
    wsPort: 0,
    grpcAddr,
    drainMs: 100,
    ...changes,
  });
  const started = await createGateway(config, { connectionLimits });
  await waitFor(() => started.ready, { what: 'the relay link' });
  return started;
}

async function connect(user: string): Promise<ChatSocket> {
  const socket = await connectChat(gateway.port, user);
  sockets.push(socket);
  await waitFor(() => socket.events.some(({ $case }) => $case === 'ready'), { what: 'Ready' });
  return socket;
}

function countOf(socket: ChatSocket, kind: ChatSocket['events'][number]['$case']): number {
  return socket.events.filter(({ $case }) => $case === kind).length;
}

const upTo = (last: number, from = 1) =>
  Array.from({ length: last - from + 1 }, (_, i) => from + i);

test('[G6] replay and live entries arrive once and in order at every member', async () => {
  relay.post('r', ['a', 'b', 'c']);
  const early = await connect('ann');
  early.subscribe('r', 0);
  const late = await connect('bob');
  late.subscribe('r', 2);
  await waitFor(() => early.seqs('r').length === 3 && late.seqs('r').length === 1);
  for (let i = 0; i < 20; i++) relay.post('r', ['x', 'y']);
  await waitFor(() => early.seqs('r').length === 43);
  await waitFor(() => late.seqs('r').length === 41);
  expect(early.seqs('r')).toEqual(upTo(43));
  expect(late.seqs('r')).toEqual(upTo(43, 3));
});

test('[G10] whoever is kicked gets the entry that says so and nothing behind it', async () => {
  const kicked = await connect('eve');
  const stays = await connect('ann');
  for (const socket of [kicked, stays]) socket.subscribe('r', 0);
  await waitFor(() => relay.subscribes.length === 2);
  relay.post('r', ['one']);
  relay.kick('r', 'eve');
  relay.post('r', ['secret']);
  await waitFor(() => stays.seqs('r').length === 3);
  await waitFor(() => kicked.events.some(({ $case }) => $case === 'roomClosed'));
  expect(kicked.seqs('r')).toEqual([1, 2]);
  expect(kicked.events.at(-1)?.$case).toBe('roomClosed');
});

test('[G11] a session that the server ends closes its socket with the code of the server', async () => {
  const socket = await connect('ann');
  relay.endSession('ann', 4503);
  await expect(socket.closed).resolves.toBe(4503);
});

test('a refused token closes with 4500', async () => {
  await expect(connectChat(gateway.port, 'bad token')).rejects.toThrow('closed 4500');
});

test('[G12] servers die and come back under open sockets: nothing is missed and nothing comes twice', async () => {
  const readers = await Promise.all(['ann', 'bob', 'cid', 'dan'].map(connect));
  for (const reader of readers) reader.subscribe('r', 0);
  await waitFor(() => relay.subscribes.length === 4);
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 10; i++) relay.post('r', [`${round}/${i}`]);
    relay.kill(); // some of the batches are still on the way
    rooms.entries.get('r')?.push(...later(rooms, 5));
    relay = await startScriptedRelay(rooms, relay.port);
    await waitFor(() => relay.subscribes.length === 4, { what: 'four rooms again' });
  }
  relay.post('r', ['last']);
  await waitFor(() => readers.every((reader) => reader.seqs('r').length === 46));
  for (const reader of readers) {
    expect(reader.seqs('r')).toEqual(upTo(46));
    expect(reader.events.filter(({ $case }) => $case === 'ready')).toHaveLength(4);
  }
}, 15_000);

// What another server has written while this one was away.
function later(of: ScriptedRooms, count: number) {
  const entries = of.entries.get('r') ?? [];
  const [model] = entries;
  if (model === undefined) return [];
  return upTo(count).map((i) => ({ ...model, seq: BigInt(entries.length + i) }));
}

test('[G13] a client that gives no credit is told that the room lags, and catches up when it reads again', async () => {
  const slow = await connect('ann');
  const fast = await connect('bob');
  for (const socket of [slow, fast]) socket.subscribe('r', 0);
  await waitFor(() => relay.subscribes.length === 2);
  slow.setGranting(false);
  const text = 'x'.repeat(4_000);
  for (let i = 1; i <= 200; i++) {
    relay.post('r', [text]);
    await waitFor(() => fast.seqs('r').length === i);
  }
  slow.setGranting(true);
  const lagging = await waitFor(() => slow.events.find(({ $case }) => $case === 'lagging'));
  expect(lagging).toMatchObject({ value: { roomId: 'r' } });
  const have = slow.seqs('r');
  expect(have).toEqual(upTo(have.length));
  expect(have.length).toBeLessThan(200);
  slow.subscribe('r', have.length);
  await waitFor(() => slow.seqs('r').length === 200);
  expect(slow.seqs('r')).toEqual(upTo(200));
}, 15_000);

test('[G13] a reader that stops is cut, costs no more than its bounds, and the others do not notice', async () => {
  await gateway.close();
  gateway = await startGateway({}, { slowReaderMs: 500 });
  const stopped = await connectChat(gateway.port, 'eve', 2 ** 31 - 1);
  sockets.push(stopped);
  const others = await Promise.all(upTo(10).map((i) => connect(`reader ${i}`)));
  for (const socket of [stopped, ...others]) socket.subscribe('r', 0);
  await waitFor(() => relay.subscribes.length === 11);
  stopped.stopReading();
  const text = 'x'.repeat(16_000);
  const rssBefore = process.memoryUsage().rss;
  for (let i = 1; i <= 700; i++) {
    relay.post('r', [text]);
    if (i % 5 === 0) await waitFor(() => others.every((other) => other.seqs('r').length === i));
  }
  expect(others.map((other) => other.seqs('r'))).toEqual(others.map(() => upTo(700)));
  await waitFor(() => gateway.openSockets === 10, { what: 'the reader to be cut' });
  expect(process.memoryUsage().rss - rssBefore).toBeLessThan(400 * 2 ** 20); // clients live here too
  const again = await connect('eve');
  // A replay of 11 MB does not fit into a window: each Lagging is answered from where the client is.
  for (let asked = -1; again.seqs('r').length < 700; ) {
    asked = again.seqs('r').length;
    const laggings = countOf(again, 'lagging');
    again.subscribe('r', asked);
    await waitFor(() => again.seqs('r').length === 700 || countOf(again, 'lagging') > laggings);
  }
  expect(again.seqs('r')).toEqual(upTo(700));
}, 30_000);

test('a JSON client gets the same entries as text, translated once for all of them', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/bridge`, BRIDGE_SUBPROTOCOLS.json);
  const frames: { callId?: number; body?: { roomEntries?: { entries: { seq: string }[] } } }[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
  await new Promise((resolve) => socket.on('open', resolve));
  const cursor = { roomId: 'r', after: { epoch: 'epoch-1', seq: '0' } };
  for (const frame of [
    { hello: { token: 'ann' } },
    { callId: 9, start: { method: 'chat.v1.ChatService/Chat' } },
    { callId: 9, body: { requestId: 1, subscribe: { rooms: [cursor] } } },
  ]) {
    socket.send(JSON.stringify(frame));
  }
  await waitFor(() => relay.subscribes.length === 1);
  relay.post('r', ['one', 'two']);
  const seqs = () =>
    frames.flatMap(({ body }) => body?.roomEntries?.entries.map(({ seq }) => seq) ?? []);
  await waitFor(() => seqs().length === 2);
  expect(seqs()).toEqual(['1', '2']);
  expect(frames.filter(({ body }) => body !== undefined).every((f) => f.callId === 9)).toBe(true);
  socket.terminate();
});

test('[G22] signals reach the members of the room', async () => {
  const reader = await connect('ann');
  reader.subscribe('r', 0);
  await waitFor(() => relay.subscribes.length === 1);
  relay.signal('r', 'typing/bob', 'bob');
  const typing = await waitFor(() => reader.events.find(({ $case }) => $case === 'typing'));
  expect(typing).toMatchObject({ value: { userId: 'bob' } });
});

test('[G15] a drain turns ready red, sends GoAway with a spread, and closes with 1012', async () => {
  const readers = await Promise.all(['ann', 'bob', 'cid'].map(connect));
  const draining = gateway.drain();
  expect(gateway.ready).toBe(false);
  await expect(connectChat(gateway.port, 'late')).rejects.toThrow('closed');
  await draining;
  for (const reader of readers) {
    await expect(reader.closed).resolves.toBe(1012);
    expect(reader.goAways[0]).toMatchObject({ reason: 'draining' });
  }
  await waitFor(() => relay.sessions.size === 0, { what: 'the sessions to be detached' });
  gateway = await startGateway({});
}, 10_000);
