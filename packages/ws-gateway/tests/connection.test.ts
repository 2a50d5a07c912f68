import { describe, expect, test } from '@jest/globals';
import { bridge } from '@chat/protocol';
import { Metadata } from '@grpc/grpc-js';
import { SessionRefused, type SessionGate, type SessionState } from '../src/ports/session-gate.ts';
import { serviceStatus } from '../src/upstream/memory-upstream.ts';
import { createTestConnection, settle, start } from './connection-fixture.ts';

const hello = { $case: 'hello', value: bridge.Hello.fromPartial({}) } as const;
const auth = (token: string) => ({ $case: 'auth', value: { token } }) as const;
const BYTES = Buffer.alloc(10, 'b');

function controls(frames: readonly bridge.ServerFrame[]): (string | undefined)[] {
  return frames.map((frame) => frame.control?.$case).filter((name) => name !== undefined);
}

/** A gate whose tokens live for 100 s; the token's first letter is its principal. */
function testGate(): SessionGate & { readonly closed: boolean[]; end(code: number): void } {
  const closed: boolean[] = [];
  let end: (code: number, reason: string) => void = () => undefined;
  const state = (token: string): SessionState => ({
    principal: token.slice(0, 1),
    sessionId: `session of ${token}`,
    accessExpiresInMs: 100_000,
  });
  return {
    closed,
    end: (code) => end(code, 'ENDED'),
    open(request, onClosed) {
      end = onClosed;
      if (request.token === 'bad')
        return Promise.reject(new SessionRefused(4500, 'UNAUTHENTICATED'));
      return Promise.resolve({
        state: state(request.token),
        refresh: (token) =>
          token === 'bad'
            ? Promise.reject(new SessionRefused(4500, 'UNAUTHENTICATED'))
            : Promise.resolve(state(token)),
        close: (graceful) => void closed.push(graceful),
      });
    },
  };
}

describe('handshake', () => {
  test('[HS4] Welcome tells every limit', async () => {
    const { open, frames } = createTestConnection();
    await open();
    const [welcome] = frames();
    expect(welcome?.control).toMatchObject({
      $case: 'welcome',
      value: {
        heartbeatMs: 25_000,
        limits: {
          maxFrameBytes: 65_536,
          maxConcurrentCalls: 100,
          initialCredit: 65_536,
          maxMetadataBytes: 8_192,
          maxTimeoutMs: 300_000,
        },
      },
    });
  });

  test('[HS2] without Hello in 5 s the connection closes with 4008 and nothing is left behind', async () => {
    const { connection, socket, clock, wheel } = createTestConnection();
    clock.advance(4_900);
    expect(socket.closedWith).toBeUndefined();
    clock.advance(1_200);
    expect(socket.closedWith).toMatchObject({ code: 4008 });
    await connection.closed;
    expect(wheel.members).toBe(0);
    clock.advance(10_000);
    expect(clock.pendingTimers).toBe(0);
  });

  test('[HS2] a gate that does not answer in 5 s closes with 4008', async () => {
    const { send, socket, clock } = createTestConnection({
      gate: { open: () => new Promise(() => undefined) },
    });
    send({ control: { $case: 'hello', value: bridge.Hello.fromPartial({ token: 'a' }) } });
    clock.advance(6_200);
    expect(socket.closedWith).toMatchObject({ code: 4008 });
  });

  test('[HS3] another frame before Hello closes with 4501', () => {
    const { send, socket } = createTestConnection();
    send({ callId: 1, start: start('Unary') });
    expect(socket.closedWith).toEqual({ code: 4501, reason: 'HELLO_FIRST' });
  });

  test('[HS3] a second Hello closes with 4501', async () => {
    const { open, send, socket } = createTestConnection();
    await open();
    send({ control: hello });
    expect(socket.closedWith).toEqual({ code: 4501, reason: 'HELLO_TWICE' });
  });

  test('[HS5] calls behind Hello are held until the token is checked, then begin in order', async () => {
    const { send, clock, upstream } = createTestConnection({ gate: testGate() });
    send({ control: { $case: 'hello', value: bridge.Hello.fromPartial({ token: 'a' }) } });
    send({ callId: 1, start: start('Bidi') });
    send({ callId: 2, start: start('ClientStream') });
    expect(upstream.calls).toHaveLength(0);
    await settle(clock);
    expect(upstream.calls.map(({ request }) => request.path)).toEqual([
      'test.v1.Test/Bidi',
      'test.v1.Test/ClientStream',
    ]);
  });

  test.each([
    [16, 17, 1],
    [2, 3, 30_000],
  ])('[HS5] %d frames are held, %d are too many', (fits, tooMany, bytes) => {
    for (const count of [fits, tooMany]) {
      const { send, socket } = createTestConnection({
        gate: { open: () => new Promise(() => undefined) },
      });
      send({ control: { $case: 'hello', value: bridge.Hello.fromPartial({ token: 'a' }) } });
      for (let index = 0; index < count; index += 1) {
        send({ callId: 1, message: Buffer.alloc(bytes) });
      }
      expect(socket.closedWith?.reason).toBe(count === fits ? undefined : 'PIPELINE_OVERFLOW');
    }
  });

  test('[HS6] a token that is not valid closes with 4500; the held calls reach nobody', async () => {
    const { send, clock, socket, upstream } = createTestConnection({ gate: testGate() });
    send({ control: { $case: 'hello', value: bridge.Hello.fromPartial({ token: 'bad' }) } });
    send({ callId: 1, start: start('Bidi') });
    await settle(clock);
    expect(socket.closedWith).toMatchObject({ code: 4500 });
    expect(upstream.calls).toHaveLength(0);
  });
});

describe('credentials', () => {
  test('[AUTH1] refresh is asked once at 80 % of the life, and Auth renews it', async () => {
    const { open, send, clock, frames, socket } = createTestConnection({ gate: testGate() });
    await open({ token: 'a1' });
    for (let part = 0; part < 4; part += 1) {
      send({ control: { $case: 'pong', value: { nonce: 0, received: 0n } } });
      clock.advance(19_700);
    }
    expect(controls(frames())).not.toContain('authState');
    clock.advance(2_200);
    const asked = frames().filter(({ control }) => control?.$case === 'authState');
    expect(asked).toHaveLength(1);
    expect(asked[0]?.control?.value).toMatchObject({ refresh: true });
    send({ control: auth('a2') });
    await settle(clock);
    expect(frames().at(-1)?.control).toEqual({
      $case: 'authState',
      value: { refresh: false, expiresInMs: 100_000 },
    });
    clock.advance(40_000);
    expect(socket.closedWith).toBeUndefined();
  });

  test('[AUTH2] a token of another user closes with 4506', async () => {
    const { open, send, clock, socket } = createTestConnection({ gate: testGate() });
    await open({ token: 'a1' });
    send({ control: auth('b1') });
    await settle(clock);
    expect(socket.closedWith).toMatchObject({ code: 4506 });
  });

  test('[AUTH3] a credential that runs out closes with 4005', async () => {
    const { open, send, clock, socket } = createTestConnection({ gate: testGate() });
    await open({ token: 'a1' });
    for (let second = 0; second < 102; second += 1) {
      send({ control: { $case: 'ping', value: { nonce: 1, received: 0n } } });
      clock.advance(1_000);
    }
    expect(socket.closedWith).toMatchObject({ code: 4005 });
  });

  test('[AUTH4] the token in force when a call starts goes upstream; an anonymous one sends none', async () => {
    const { open, send, clock, upstream } = createTestConnection({ gate: testGate() });
    await open();
    send({ callId: 1, start: start('Bidi') });
    send({ control: auth('a1') });
    await settle(clock);
    send({ callId: 2, start: start('Bidi') });
    send({ control: auth('a2') });
    await settle(clock);
    send({ callId: 3, start: start('Bidi') });
    expect(upstream.calls.map(({ request }) => request.metadata.get('authorization'))).toEqual([
      [],
      ['Bearer a1'],
      ['Bearer a2'],
    ]);
  });

  test('[AUTH7] a session that ends elsewhere closes its connection with its code', async () => {
    const gate = testGate();
    const { open, socket } = createTestConnection({ gate });
    await open({ token: 'a1' });
    gate.end(4503);
    expect(socket.closedWith).toMatchObject({ code: 4503 });
    expect(gate.closed).toEqual([false]);
  });

  test.each([
    [1000, true],
    [1005, true],
    [1001, false],
    [1006, false],
  ])('[EPH2] a socket closed with %d leaves its session gracefully: %s', async (code, graceful) => {
    const gate = testGate();
    const { open, socket } = createTestConnection({ gate });
    await open({ token: 'a1' });
    socket.peerCloses(code);
    expect(gate.closed).toEqual([graceful]);
  });

  test('[CALL6] a session that opens after the socket was lost is closed at once', async () => {
    const gate = testGate();
    const { send, clock, socket } = createTestConnection({ gate });
    send({ control: { $case: 'hello', value: bridge.Hello.fromPartial({ token: 'a' }) } });
    socket.peerCloses(1006);
    await settle(clock);
    expect(gate.closed).toEqual([false]);
  });
});

describe('heartbeat', () => {
  test('[HB1] silence is answered by a Ping each 25 s; the third silence closes with 4004 and terminates', async () => {
    const { open, clock, frames, socket } = createTestConnection();
    await open();
    clock.advance(26_000);
    expect(controls(frames())).toEqual(['welcome', 'ping']);
    clock.advance(25_000);
    expect(controls(frames())).toEqual(['welcome', 'ping', 'ping']);
    expect(socket.closedWith).toBeUndefined();
    clock.advance(25_000);
    expect(socket.closedWith).toMatchObject({ code: 4004 });
  });

  test('[HB1] a client that speaks is never pinged', async () => {
    const { open, send, clock, frames } = createTestConnection();
    await open();
    for (let index = 0; index < 10; index += 1) {
      clock.advance(20_000);
      send({ control: { $case: 'pong', value: { nonce: 0, received: 0n } } });
    }
    expect(controls(frames())).toEqual(['welcome']);
  });

  test('[HB2] Pong echoes the nonce and counts the call frames', async () => {
    const { open, send, frames } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Bidi') });
    send({ callId: 1, message: BYTES });
    send({ control: { $case: 'ping', value: { nonce: 77, received: 0n } } });
    expect(frames().at(-1)?.control).toEqual({ $case: 'pong', value: { nonce: 77, received: 2n } });
  });
});

describe('drain', () => {
  const plan = { graceMs: 5_000, reconnectAfterMs: 300, reason: 'restart' };

  test('[DR1] GoAway names the last call; later ones are not processed, earlier ones go on', async () => {
    const { connection, open, send, frames, upstream, clock, socket } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Bidi') });
    connection.drain(plan);
    send({ callId: 2, start: start('Bidi') });
    expect(frames().find(({ control }) => control?.$case === 'goAway')?.control?.value).toEqual({
      lastCallId: 1,
      ...plan,
    });
    expect(frames().at(-1)).toMatchObject({ callId: 2, status: { code: 14, notProcessed: true } });
    upstream.calls[0]?.handlers.onMessage(BYTES);
    clock.flush();
    expect(frames().at(-1)).toMatchObject({ callId: 1 });
    expect(socket.closedWith).toBeUndefined();
    upstream.calls[0]?.handlers.onEnded(serviceStatus(0));
    clock.flush();
    expect(socket.closedWith).toMatchObject({ code: 1012 });
  });

  test('[DR2] the grace over, the connection closes with 1012 and its calls are cancelled', async () => {
    const { connection, open, send, upstream, clock, socket } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Bidi') });
    connection.drain(plan);
    clock.advance(6_100);
    expect(socket.closedWith).toMatchObject({ code: 1012 });
    expect(upstream.calls[0]?.cancelled).toBe(true);
  });

  test('[DR1] a connection that lives for a day is drained', async () => {
    const { open, send, clock, frames } = createTestConnection({
      limits: { maxConnectionAgeMs: 60_000 },
    });
    await open();
    send({ callId: 1, start: start('Bidi') });
    clock.advance(40_000);
    send({ control: { $case: 'pong', value: { nonce: 0, received: 0n } } });
    clock.advance(22_000);
    expect(controls(frames())).toContain('goAway');
  });
});

describe('slow sockets', () => {
  test('[OUT1] response messages stop at half of the outbox and go on when it drains', async () => {
    const { open, send, connection, socket, upstream, clock } = createTestConnection();
    await open({ initialCredit: 100_000_000 });
    socket.stall(true);
    send({ callId: 1, start: start('Bidi') });
    const call = upstream.calls[0];
    const piece = Buffer.alloc(10_000);
    for (let index = 0; index < 200; index += 1) {
      call?.handlers.onMessage(piece);
      clock.flush();
    }
    expect(connection.queuedBytes + socket.bufferedBytes).toBeLessThan(600_000);
    expect(call?.paused).toBe(true);
    socket.stall(false);
    clock.flush();
    while (socket.bufferedBytes > 0 || connection.queuedBytes > 0) clock.advance(100);
    expect(call?.paused).toBe(false);
    expect(socket.received.length).toBeGreaterThan(150);
  });

  test('[OUT3] an outbox that does not move for 10 s closes with 4000', async () => {
    const { open, send, socket, upstream, clock } = createTestConnection();
    await open();
    socket.stall(true);
    send({ callId: 1, start: start('Bidi') });
    upstream.calls[0]?.handlers.onMessage(BYTES);
    clock.advance(9_000);
    expect(socket.closedWith).toBeUndefined();
    clock.advance(2_500);
    expect(socket.closedWith).toMatchObject({ code: 4000 });
  });

  test('[OUT1] small frames that pile up close with 4000 before they cost more than an outbox', async () => {
    const { open, send, socket } = createTestConnection();
    await open();
    socket.stall(true);
    for (let nonce = 0; nonce < 30_000 && socket.closedWith === undefined; nonce += 1) {
      send({ control: { $case: 'ping', value: { nonce, received: 0n } } });
    }
    expect([4000, 4002]).toContain(socket.closedWith?.code);
    expect(socket.bufferedBytes).toBeLessThan(1_048_576);
  });

  test('[FRM1] F10: a message that is not finished in 30 s closes with 4501', async () => {
    const { open, send, socket, clock } = createTestConnection();
    await open();
    socket.setMidMessage(true);
    clock.advance(20_000);
    send({ control: { $case: 'pong', value: { nonce: 0, received: 0n } } });
    clock.advance(12_500);
    expect(socket.closedWith).toEqual({ code: 4501, reason: 'MESSAGE_UNFINISHED' });
  });

  test('[LIM1] more frames than anyone sends close with 4002 at the third strike', async () => {
    const { open, send, socket } = createTestConnection({
      limits: { frames: { perSecond: 1, burst: 10 } },
    });
    await open();
    for (let index = 0; index < 29; index += 1)
      send({ control: { $case: 'pong', value: { nonce: 0, received: 0n } } });
    expect(socket.closedWith).toBeUndefined();
    for (let index = 0; index < 5; index += 1)
      send({ control: { $case: 'pong', value: { nonce: 0, received: 0n } } });
    expect(socket.closedWith).toMatchObject({ code: 4002 });
  });
});

describe('calls', () => {
  test('[CALL7] an unknown method, and one of the relay, are UNIMPLEMENTED', async () => {
    const { open, send, frames } = createTestConnection();
    await open();
    const methods = ['relay.v1.RelayService/Relay', 'test.v1.Test/Nope', '__proto__', '', '/x/y'];
    methods.forEach((method, index) => {
      send({ callId: index + 1, start: { ...start('Unary'), method } });
      expect(frames().at(-1)).toMatchObject({
        callId: index + 1,
        status: { code: 12, notProcessed: true, origin: 2 },
      });
    });
  });

  test('[CALL3] a unary call reaches the service only when it is complete', async () => {
    const { open, send, upstream, frames } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Unary'), message: BYTES });
    expect(upstream.calls).toHaveLength(0);
    send({ callId: 1, end: true });
    expect(upstream.calls[0]).toMatchObject({ written: [BYTES], ended: true });
    send({ callId: 2, start: start('Unary'), message: BYTES });
    send({ callId: 2, message: BYTES });
    expect(frames().at(-1)).toMatchObject({ callId: 2, status: { code: 3, notProcessed: true } });
    send({ callId: 3, start: start('Unary'), end: true });
    expect(frames().at(-1)).toMatchObject({ callId: 3, status: { code: 3, notProcessed: true } });
    expect(upstream.calls).toHaveLength(1);
  });

  test('[CALL2] a unary answer is one frame with headers, message and status', async () => {
    const { open, send, upstream, frames, clock } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Unary'), message: BYTES, end: true });
    const { handlers } = upstream.calls[0] ?? {};
    const metadata = new Metadata();
    metadata.set('x-a', 'b');
    handlers?.onHeaders(metadata);
    handlers?.onMessage(BYTES);
    handlers?.onEnded(serviceStatus(0));
    clock.flush();
    const answer = frames().filter(({ callId }) => callId === 1);
    expect(answer).toHaveLength(1);
    expect(answer[0]).toMatchObject({
      headers: { metadata: [{ name: 'x-a', value: 'b' }] },
      status: { code: 0, origin: 1 },
    });
  });

  test('[CALL8] the deadline ends the call, also when the upstream was never asked', async () => {
    const { open, send, upstream, frames, clock } = createTestConnection();
    await open();
    send({ callId: 1, start: { ...start('Unary'), timeoutMs: 500 }, message: BYTES });
    send({ callId: 2, start: { ...start('Bidi'), timeoutMs: 500 } });
    expect(upstream.calls[0]?.request.timeoutMs).toBe(500);
    clock.advance(501);
    const statuses = frames().filter(({ status }) => status !== undefined);
    expect(statuses).toMatchObject([
      { callId: 1, status: { code: 4, notProcessed: true } },
      { callId: 2, status: { code: 4, notProcessed: false } },
    ]);
    expect(upstream.calls[0]?.cancelled).toBe(true);
  });

  test('[FC5] the response window is that of the call, else of Hello', async () => {
    const { open, send, upstream, frames, clock } = createTestConnection();
    await open({ initialCredit: 200 });
    send({ callId: 1, start: start('Bidi') });
    send({ callId: 2, start: start('Bidi', 1) });
    for (const { handlers } of upstream.calls) {
      for (let index = 0; index < 10; index += 1) handlers.onMessage(BYTES);
    }
    clock.flush();
    const count = (callId: number): number =>
      frames().filter((frame) => frame.callId === callId && frame.message !== undefined).length;
    // A message costs 10 + 4 + 64: the third one overdraws 200.
    expect(count(1)).toBe(3);
    expect(count(2)).toBe(1);
    send({ callId: 2, credit: 1_000 });
    expect(count(2)).toBe(10);
  });

  test('[FC3] credit for an upload comes when the upstream has taken half a window', async () => {
    const { open, send, upstream, frames, clock } = createTestConnection();
    await open();
    send({ callId: 1, start: start('ClientStream') });
    for (let index = 0; index < 4; index += 1) send({ callId: 1, message: Buffer.alloc(10_000) });
    const credits = (): number[] => frames().flatMap(({ credit }) => (credit > 0 ? [credit] : []));
    for (let index = 0; index < 3; index += 1) upstream.calls[0]?.consumeOne();
    clock.flush();
    expect(credits()).toEqual([]);
    upstream.calls[0]?.consumeOne();
    clock.flush();
    expect(credits()).toEqual([4 * (10_000 + 5 + 64)]);
  });

  test('[CALL6] a lost socket cancels every call upstream and leaves nothing behind', async () => {
    const { open, send, upstream, socket, connection, clock, wheel } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Bidi') });
    send({
      callId: 2,
      start: { ...start('ServerStream'), timeoutMs: 60_000 },
      message: BYTES,
      end: true,
    });
    socket.peerCloses(1006);
    await connection.closed;
    expect(upstream.calls.map(({ cancelled }) => cancelled)).toEqual([true, true]);
    expect(connection.openCalls).toBe(0);
    expect(wheel.members).toBe(0);
    expect(clock.pendingTimers).toBe(0);
  });

  test('[ERR2] a CANCELLED that nobody asked for is UNAVAILABLE', async () => {
    const { open, send, upstream, frames, clock } = createTestConnection();
    await open();
    send({ callId: 1, start: start('Bidi') });
    upstream.calls[0]?.handlers.onEnded(serviceStatus(1, 'gone'));
    clock.flush();
    expect(frames().at(-1)?.status).toMatchObject({ code: 14, message: 'gone' });
  });

  test('[ERR4] a refused request names its reason and field', async () => {
    const { open, send, frames } = createTestConnection();
    await open();
    const metadata = [{ name: 'cookie', value: 'a' }];
    send({ callId: 1, start: { ...start('Unary'), metadata }, message: BYTES, end: true });
    const status = frames().at(-1)?.status;
    expect(status).toMatchObject({ code: 3, notProcessed: true });
    expect(status?.details.map(({ type, debug }) => [type, debug])).toEqual([
      ['google.rpc.ErrorInfo', { reason: 'BAD_FIELD', domain: 'chat' }],
      [
        'google.rpc.BadRequest',
        {
          fieldViolations: [
            { field: 'start.metadata[0].name', description: 'clients may not set this metadata' },
          ],
        },
      ],
    ]);
  });

  test('[FRM1] a client that only sends nonsense is closed with 4501 when its error budget is used up', async () => {
    const { open, send, socket } = createTestConnection({
      limits: {
        clientFaults: { perSecond: 0.001, burst: 5 },
        callStarts: { perSecond: 1_000, burst: 1_000 },
      },
    });
    await open();
    for (let callId = 1; callId <= 40; callId += 1) {
      send({ callId, start: { ...start('Unary'), method: 'x/Y' } });
    }
    expect(socket.closedWith).toEqual({ code: 4501, reason: 'ERROR_BUDGET' });
  });

  test('[LIM2] larger frames are allowed while a call to a method that takes them is open', async () => {
    const { open, send, socket, upstream, clock } = createTestConnection();
    await open();
    send({ callId: 1, start: start('ClientStream') });
    expect(socket.maxFrameBytes).toBe(131_072);
    upstream.calls[0]?.handlers.onEnded(serviceStatus(0));
    clock.flush();
    expect(socket.maxFrameBytes).toBe(65_536);
  });
});

test('[OUT1] everything of one tick is one write', async () => {
  const { open, send, socket, upstream, clock } = createTestConnection();
  await open();
  send({ callId: 1, start: start('Bidi') });
  const before = socket.writes;
  for (let index = 0; index < 50; index += 1) upstream.calls[0]?.handlers.onMessage(BYTES);
  clock.flush();
  expect(socket.writes).toBe(before + 1);
});
