import { expect, test } from '@jest/globals';
import { ProtocolError } from '@chat/protocol';
import { buildMessageFrame } from '../src/codec/message-frame.ts';
import type { EdgeCall, EdgeCallHandlers } from '../src/ports/edge-call.ts';
import { createTestConnection, start, type TestConnection } from './connection-fixture.ts';

interface EdgeTest extends TestConnection {
  readonly call: () => EdgeCall;
  /** What the owner was told. */
  readonly told: readonly string[];
}

/** A connection with one open edge call; its owner writes down what it is told. */
async function openEdgeCall(initialCredit = 100_000_000): Promise<EdgeTest> {
  const told: string[] = [];
  let call: EdgeCall | undefined;
  const handlers: EdgeCallHandlers = {
    onMessage: (bytes) => told.push(`message ${Buffer.from(bytes).toString()}`),
    onEnd: () => told.push('end'),
    onCredit: () => told.push('credit'),
    onWritable: () => told.push('writable'),
    onClosed: (why) => told.push(why),
  };
  const connection = createTestConnection({
    edge: (opened) => {
      call = opened;
      return handlers;
    },
  });
  await connection.open();
  connection.send({ callId: 1, start: start('Bidi', initialCredit) });
  return {
    ...connection,
    told,
    call: () => {
      if (call === undefined) throw new Error('not open');
      return call;
    },
  };
}

const EVENT = Buffer.alloc(100, 'e');

test('[CALL2] the owner is told messages, half-close and end, in order', async () => {
  const { send, told } = await openEdgeCall();
  send({ callId: 1, message: Buffer.from('a') });
  send({ callId: 1, message: Buffer.from('b'), end: true });
  send({ callId: 1, cancel: { reason: '' } });
  expect(told).toEqual(['message a', 'message b', 'end', 'ended']);
});

test('[CALL4] [CALL6] the owner is told the end exactly once, also when the socket is lost', async () => {
  const { socket, told, call, frames } = await openEdgeCall();
  socket.peerCloses(1006);
  expect(told).toEqual(['socketGone']);
  expect(call().sendMessage(EVENT, 'durable', undefined)).toBe('ended');
  call().sendStatus({ code: 0, message: '' });
  expect(frames().filter(({ status }) => status !== undefined)).toEqual([]);
});

test('[FC1] [FC2] shared frames cost credit; without credit they are blocked until it comes', async () => {
  const { call, send, told, frames, clock } = await openEdgeCall(1);
  const frame = buildMessageFrame('proto', 1, EVENT);
  expect(call().sendShared(frame, 'durable', undefined)).toBe('queued');
  expect(call().sendShared(frame, 'durable', undefined)).toBe('blocked');
  expect(call().sendShared(frame, 'ephemeral', 'k')).toBe('dropped');
  // 100 bytes of message, 4 of frame, 64; overdrawn by all but one.
  send({ callId: 1, credit: 167 });
  expect(told).toEqual([]);
  send({ callId: 1, credit: 1 });
  expect(told).toEqual(['credit']);
  expect(call().sendShared(frame, 'durable', undefined)).toBe('queued');
  clock.flush();
  expect(frames().filter(({ message }) => message !== undefined)).toHaveLength(2);
});

test('[OUT1] a slow socket: durable frames are full at half, ephemeral ones are replaced or dropped', async () => {
  const { call, socket, told, clock, frames } = await openEdgeCall();
  socket.stall(true);
  const frame = buildMessageFrame('proto', 1, Buffer.alloc(10_000));
  const small = (n: number): Buffer => buildMessageFrame('proto', 1, Buffer.from([n]));
  // Fills what the socket takes; from here on frames wait in the outbox.
  for (let index = 0; index < 14; index += 1) call().sendShared(frame, 'durable', undefined);
  clock.flush();
  expect(call().sendShared(small(1), 'ephemeral', 'typing')).toBe('queued');
  expect(call().sendShared(small(2), 'ephemeral', 'typing')).toBe('queued');
  let sent = 14;
  while (call().sendShared(frame, 'durable', undefined) === 'queued') sent += 1;
  expect(sent).toBeLessThan(60);
  expect(call().sendShared(frame, 'durable', undefined)).toBe('full');
  expect(call().writable).toBe(false);
  expect(call().sendShared(small(3), 'ephemeral', 'typing')).toBe('queued');
  expect(call().sendShared(small(3), 'ephemeral', 'presence')).toBe('dropped');
  socket.stall(false);
  clock.advance(1_000);
  expect(told).toEqual(['writable']);
  const short = frames().flatMap(({ message }) => (message?.length === 1 ? [message[0]] : []));
  expect(short).toEqual([3]);
});

test('[OUT1] a replaced frame gives its credit back', async () => {
  const { call, socket, clock } = await openEdgeCall(1_000);
  socket.stall(true);
  const frame = buildMessageFrame('proto', 1, Buffer.alloc(100));
  for (let index = 0; index < 100; index += 1) {
    expect(call().sendShared(frame, 'ephemeral', 'typing')).toBe('queued');
  }
  expect(call().sendShared(frame, 'durable', undefined)).toBe('queued');
  socket.stall(false);
  clock.flush();
});

test('[CALL4] nothing follows the status, not even what was queued as ephemeral', async () => {
  const { call, frames, clock, told } = await openEdgeCall();
  call().sendShared(buildMessageFrame('proto', 1, EVENT), 'ephemeral', 'typing');
  call().sendMessage(EVENT, 'durable', undefined);
  call().sendStatus({ code: 8, message: 'reads too slowly' });
  clock.flush();
  const mine = frames().filter(({ callId }) => callId === 1);
  expect(mine).toHaveLength(2);
  expect(mine.at(-1)?.status).toMatchObject({ code: 8, message: 'reads too slowly' });
  expect(told).toEqual(['ended']);
});

test('[LIM1] chat commands above the rate close with 4002 at the third strike', async () => {
  const { send, socket, told } = await openEdgeCall();
  for (let index = 0; index < 182; index += 1) send({ callId: 1, message: Buffer.from('c') });
  expect(socket.closedWith).toBeUndefined();
  send({ callId: 1, message: Buffer.from('c') });
  expect(socket.closedWith).toMatchObject({ code: 4002 });
  // Nothing was dropped before.
  expect(told.filter((line) => line.startsWith('message'))).toHaveLength(182);
});

test('[ERR4] an owner that refuses the call ends it with its error', async () => {
  const { open, send, frames } = createTestConnection({
    edge: () => {
      throw new ProtocolError('UNAUTHENTICATED');
    },
  });
  await open();
  send({ callId: 1, start: start('Bidi') });
  expect(frames().at(-1)).toMatchObject({ callId: 1, status: { code: 16, origin: 2 } });
  send({ callId: 1, message: Buffer.from('late') });
});
