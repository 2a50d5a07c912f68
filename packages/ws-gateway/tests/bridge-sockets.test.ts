import { afterEach, expect, test } from '@jest/globals';
import type { Server } from '@grpc/grpc-js';
import { bridge, encodeClientFrame } from '@chat/protocol';
import { connectBridge } from './bridge-client.ts';
import { startTestGateway, startTestService, type TestGateway } from './bridge-fixture.ts';
import { connectRaw, rawFrame } from './bridge-raw.ts';

let gateway: TestGateway | undefined;
let server: Server | undefined;

afterEach(async () => {
  await gateway?.close();
  server?.forceShutdown();
});

const hello = Buffer.from(
  encodeClientFrame({ control: { $case: 'hello', value: bridge.Hello.fromPartial({}) } }),
);

test.each([
  ['half a frame', rawFrame(0x82, Buffer.alloc(1_000)).subarray(0, 500)],
  ['half a header', rawFrame(0x82, Buffer.alloc(1_000)).subarray(0, 3)],
  ['a first fragment', rawFrame(0x02, hello)],
])('[FRM1] F10: %s that is never finished closes with 4501', async (_what, bytes) => {
  gateway = await startTestGateway([], { limits: { messageTimeoutMs: 200 } });
  const raw = await connectRaw(gateway.url, 'grpc-bridge.v1.proto');
  raw.send(rawFrame(0x82, hello));
  raw.send(bytes);
  expect(await raw.closed).toEqual({ code: 4501, reason: 'MESSAGE_UNFINISHED' });
});

test('[OUT3] F18: a client that stops reading is cut off with a bounded queue; others do not notice', async () => {
  const service = await startTestService((call) => {
    const piece = Buffer.alloc(16_384);
    call.on('data', () => undefined);
    const fill = (): void => {
      while (!call.cancelled && call.write(piece)) continue;
      call.once('drain', fill);
    };
    fill();
  });
  server = service.server;
  gateway = await startTestGateway([service.address], {
    limits: { slowReaderMs: 1_000, frames: { perSecond: 1e6, burst: 1e6 } },
  });
  const other = await connectBridge(gateway.url, 'proto');
  const client = await connectBridge(gateway.url, 'proto', { initialCredit: 2 ** 31 - 1 });
  const start = {
    method: 'test.v1.Test/ServerStream',
    metadata: [],
    timeoutMs: 0,
    initialCredit: 0,
  };
  client.send({ callId: 1, start, message: Buffer.alloc(1), end: true });
  client.socket.pause();
  const slow = [...gateway.door.connections][1];
  let maxQueuedBytes = 0;
  let isClosed = false;
  void slow?.closed.then(() => (isClosed = true));
  let nonce = 0;
  while (!isClosed) {
    // The other client's pongs are the clock of this test.
    nonce += 1;
    const value = { nonce, received: 0n };
    other.send({ control: { $case: 'ping', value } });
    await other.next(
      ({ control }) => control?.$case === 'pong' && control.value.nonce === value.nonce,
    );
    maxQueuedBytes = Math.max(maxQueuedBytes, slow?.queuedBytes ?? 0);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(maxQueuedBytes).toBeGreaterThan(0);
  expect(maxQueuedBytes).toBeLessThan(1_048_576);
  client.socket.terminate();
  other.close();
}, 20_000);
