import { afterEach, expect, test } from '@jest/globals';
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { LIMITS } from '@chat/protocol';
import { connectBridge, type BridgeClient, type TestFrame } from './bridge-client.ts';
import {
  startTestGateway,
  startTestService,
  type Kind,
  type TestGateway,
} from './bridge-fixture.ts';
import { message } from './bridge-scenarios.ts';

let gateway: TestGateway | undefined;
const servers: Server[] = [];

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
  for (const server of servers.splice(0)) server.forceShutdown();
});

async function serve(
  handler: (call: ServerDuplexStream<Buffer, Buffer>) => void,
  options = {},
): Promise<string> {
  const { server, address } = await startTestService(handler, options);
  servers.push(server);
  return address;
}

function start(kind: Kind, initialCredit = 0): TestFrame['start'] {
  return { method: `test.v1.Test/${kind}`, metadata: [], timeoutMs: 0, initialCredit };
}

/** Everything sent before has been handled when this settles. */
async function settle(client: BridgeClient, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const nonce = 1_000 + round;
    client.send({ control: { $case: 'ping', value: { nonce, received: 0n } } });
    await client.next(({ control }) => control?.$case === 'pong' && control.value.nonce === nonce);
  }
}

const KIB = Buffer.concat([message('x'.repeat(1_000))]);

test.each(['proto', 'json'] as const)(
  '[CALL11] [FC3] a slow reader gets all 2,000 messages, then the error, in %s',
  async (codec) => {
    const address = await serve((call) => {
      for (let index = 0; index < 2_000; index += 1) call.write(KIB);
      call.emit('error', Object.assign(new Error('broken'), { code: 15, details: 'broken' }));
    });
    gateway = await startTestGateway([address]);
    const client = await connectBridge(gateway.url, codec);
    client.send({ callId: 1, start: start('ServerStream', 4_096), message: KIB, end: true });
    let received = 0;
    for (;;) {
      const frame = await client.next(({ callId }) => callId === 1);
      if (frame.status !== undefined) {
        expect(frame.status).toMatchObject({ code: 15, message: 'broken', origin: 1 });
        break;
      }
      if (frame.message === undefined) continue;
      received += 1;
      if (received % 2 === 0) client.send({ callId: 1, credit: 4_096 });
    }
    expect(received).toBe(2_000);
    client.close();
  },
  20_000,
);

test('[FC6] a client that never grants costs a bounded queue, and cancel still gets through', async () => {
  let written = 0;
  let onCancelled: () => void = () => undefined;
  const cancelled = new Promise<void>((resolve) => (onCancelled = resolve));
  const address = await serve((call) => {
    call.on('data', () => undefined);
    call.on('cancelled', onCancelled);
    const fill = (): void => {
      while (!call.cancelled && call.write(KIB)) written += KIB.length;
      call.once('drain', fill);
    };
    fill();
  });
  gateway = await startTestGateway([address]);
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: start('ServerStream', 1), message: KIB, end: true });
  await client.next((frame) => frame.message !== undefined);
  let before = -1;
  for (let round = 0; round < 100 && before !== written; round += 1) {
    before = written;
    await settle(client, 20);
  }
  expect(written).toBe(before);
  // The queue, the transport's windows and buffers of both sides; nothing grows with time.
  expect(written).toBeLessThan(8 * 1_048_576);
  expect(client.frames.filter((frame) => frame.message !== undefined)).toHaveLength(1);
  client.send({ callId: 1, cancel: { reason: '' } });
  await cancelled;
  client.close();
}, 20_000);

test('[FC4] [FC5] a server that never reads: the window runs out, overruns end the call, the third closes 4507', async () => {
  const address = await serve((call) => call.pause(), {
    'grpc-node.flow_control_window': 65_535,
  });
  gateway = await startTestGateway([address]);
  const client = await connectBridge(gateway.url, 'proto');
  const half = Buffer.concat([message('y'.repeat(30_000))]);
  for (const callId of [1, 2, 3]) {
    client.send({ callId, start: start('ClientStream') });
    for (let sent = 0; sent < 20; sent += 1) client.send({ callId, message: half });
    if (callId === 3) break;
    const frames = await client.finished(callId);
    expect(frames.at(-1)?.status).toMatchObject({ code: 8, origin: 2 });
  }
  expect((await client.closed).code).toBe(4507);
}, 20_000);

test('[FC3] an upload of many windows gets credit back as the server reads', async () => {
  let received = 0;
  const address = await serve((call) => {
    call.on('data', (bytes: Buffer) => (received += bytes.length));
    call.on('end', () => {
      call.write(message('done'));
      call.end();
    });
  });
  gateway = await startTestGateway([address]);
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: start('ClientStream') });
  let window: number = LIMITS.initialCredit;
  for (let index = 0; index < 1_000; index += 1) {
    while (window <= 0) {
      window += (await client.next((frame) => frame.callId === 1 && frame.credit > 0)).credit;
    }
    client.send({ callId: 1, message: KIB });
    window -= KIB.length + 5 + LIMITS.frameOverheadBytes;
  }
  client.send({ callId: 1, end: true });
  const frames = await client.finished(1);
  expect(frames.at(-1)?.status?.code).toBe(0);
  expect(received).toBe(1_000 * KIB.length);
  client.close();
}, 20_000);

test('[FC6] 1,000 open calls against an upstream limit of 100 do not hang', async () => {
  const waiting: (() => void)[] = [];
  const address = await serve(
    (call) => {
      call.on('data', () => undefined);
      call.on('end', () => {
        waiting.push(() => {
          call.write(message('done'));
          call.end();
        });
        // Nobody is answered before all thousand are here.
        if (waiting.length === 1_000) for (const answer of waiting) answer();
      });
    },
    { 'grpc.max_concurrent_streams': 100 },
  );
  gateway = await startTestGateway([address]);
  const { url } = gateway;
  const clients = await Promise.all(Array.from({ length: 10 }, () => connectBridge(url, 'proto')));
  const results = await Promise.all(
    clients.flatMap((client) =>
      Array.from({ length: 100 }, (_, index) => {
        client.send({ callId: index + 1, start: start('Unary'), message: KIB, end: true });
        return client.finished(index + 1);
      }),
    ),
  );
  expect(results.every((frames) => frames.at(-1)?.status?.code === 0)).toBe(true);
  for (const client of clients) client.close();
}, 20_000);

test('[LIM1] [ERR3] a full pool refuses with RESOURCE_EXHAUSTED and not_processed', async () => {
  const address = await serve((call) => call.on('data', () => undefined));
  gateway = await startTestGateway(
    [address],
    {},
    { maxCallsPerChannel: 1, maxChannelsPerAddress: 1 },
  );
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: start('Bidi') });
  client.send({ callId: 2, start: start('Bidi') });
  const frames = await client.finished(2);
  expect(frames.at(-1)?.status).toMatchObject({ code: 8, notProcessed: true, origin: 2 });
  client.close();
});

test('[LIM1] the 101st open call is refused with a time to wait', async () => {
  const address = await serve((call) => call.on('data', () => undefined));
  gateway = await startTestGateway([address], {
    limits: { callStarts: { perSecond: 1_000, burst: 1_000 } },
  });
  const client = await connectBridge(gateway.url, 'proto');
  for (let callId = 1; callId <= 101; callId += 1) client.send({ callId, start: start('Bidi') });
  const [last] = await client.finished(101);
  expect(last?.status).toMatchObject({ code: 8, notProcessed: true, retryAfterMs: 1_000 });
  client.send({ callId: 1, cancel: { reason: '' } });
  await client.finished(1);
  client.close();
});

test('[ERR2] [ERR3] an unreachable server is UNAVAILABLE, not processed, and names no address', async () => {
  gateway = await startTestGateway(['127.0.0.1:1']);
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: start('Unary'), message: KIB, end: true });
  const status = (await client.finished(1)).at(-1)?.status;
  expect(status).toMatchObject({ code: 14, notProcessed: true, origin: 2 });
  expect(status?.message).toBe('not reachable now');
  client.close();
});

test('[ERR2] a server that is cut off during a call is UNAVAILABLE', async () => {
  const address = await serve((call) => {
    call.on('data', () => call.write(message('here')));
  });
  gateway = await startTestGateway([address]);
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: start('Bidi'), message: KIB });
  await client.next((frame) => frame.message !== undefined);
  for (const server of servers) server.forceShutdown();
  const status = (await client.finished(1)).at(-1)?.status;
  expect(status).toMatchObject({ code: 14, notProcessed: false });
  expect(status?.message).toBe('not reachable now');
  client.close();
});

test('[LIM1] starts above the rate are refused with a time to wait', async () => {
  const address = await serve((call) => call.on('data', () => undefined));
  gateway = await startTestGateway([address], {
    limits: { callStarts: { perSecond: 1, burst: 2 } },
  });
  const client = await connectBridge(gateway.url, 'proto');
  for (let callId = 1; callId <= 3; callId += 1) client.send({ callId, start: start('Bidi') });
  const [last] = await client.finished(3);
  expect(last?.status).toMatchObject({ code: 8, notProcessed: true });
  expect(last?.status?.retryAfterMs).toBeGreaterThan(0);
  client.close();
});

test('[ERR2] two addresses share the calls; one that is dead is passed over once that is known', async () => {
  const seen = [0, 0];
  const answer = (index: number) => (call: ServerDuplexStream<Buffer, Buffer>) => {
    seen[index] = (seen[index] ?? 0) + 1;
    call.on('data', () => undefined);
    call.on('end', () => {
      call.write(message('done'));
      call.end();
    });
  };
  const first = await serve(answer(0));
  const second = await serve(answer(1));
  gateway = await startTestGateway([first, second]);
  const client = await connectBridge(gateway.url, 'proto');
  for (let callId = 1; callId <= 10; callId += 1) {
    client.send({ callId, start: start('Unary'), message: KIB, end: true });
    await client.finished(callId);
  }
  expect(seen).toEqual([5, 5]);
  servers[1]?.forceShutdown();
  const codes: (number | undefined)[] = [];
  for (let callId = 11; callId <= 20; callId += 1) {
    client.send({ callId, start: start('Unary'), message: KIB, end: true });
    codes.push((await client.finished(callId)).at(-1)?.status?.code);
  }
  // Whoever meets the dead server first is told UNAVAILABLE and not processed; then nobody does.
  expect(codes.slice(2).every((code) => code === 0)).toBe(true);
  client.close();
});

test.each(['cancel', 'socket loss'])('[CALL6] an upload cut by %s commits nothing', async (how) => {
  let committed = 0;
  let onGone: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (onGone = resolve));
  let onPiece: () => void = () => undefined;
  const piece = new Promise<void>((resolve) => (onPiece = resolve));
  const address = await serve((call) => {
    call.on('data', () => onPiece());
    // A cancelled upload raises `end` too, before `cancelled` is known.
    call.on('end', () => setImmediate(() => !call.cancelled && (committed += 1)));
    call.on('cancelled', () => setImmediate(onGone));
  });
  gateway = await startTestGateway([address]);
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: start('ClientStream') });
  for (let index = 0; index < 3; index += 1) client.send({ callId: 1, message: KIB });
  await piece;
  if (how === 'cancel') client.send({ callId: 1, cancel: { reason: '' } });
  else client.socket.terminate();
  await gone;
  expect(committed).toBe(0);
  client.close();
});
