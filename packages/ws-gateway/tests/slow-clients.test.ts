import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { BRIDGE_SUBPROTOCOLS } from '@chat/protocol';
import { WebSocket } from 'ws';
import { createGateway, type Gateway, gatewayConfig } from '../src/index.ts';

// The default limits are seconds; here they are short enough to wait for.
const TIMEOUTS = {
  headersTimeoutMs: 300,
  requestTimeoutMs: 1_000,
  keepAliveTimeoutMs: 150,
  checkIntervalMs: 50,
};
/** A header line per second, thirty times faster: never silent for as long as any limit. */
const LINE_EVERY_MS = 33;
/** For a machine that is busy; the default limits are far above. */
const SLACK_MS = 3_000;

let gateway: Gateway;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  // No chat server is needed: slow clients are cut before anything is asked of it.
  const config = gatewayConfig({ wsHost: '127.0.0.1', wsPort: 0, grpcAddr: ['127.0.0.1:1'] });
  gateway = await createGateway(config, { httpTimeouts: TIMEOUTS });
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
});

interface Cut {
  /** Everything the gateway said. */
  readonly answer: string;
  readonly afterMs: number;
  readonly linesSent: number;
}

/** Sends the lines one by one, the last one again and again, until the gateway cuts the connection. */
function untilCut(lines: readonly string[]): Promise<Cut> {
  return new Promise((resolve) => {
    const startedAtMs = performance.now();
    const socket = connect(gateway.port, '127.0.0.1');
    let answer = '';
    let linesSent = 0;
    const sending = setInterval(() => {
      const line = lines[Math.min(linesSent, lines.length - 1)];
      if (line === undefined || !socket.writable) return;
      socket.write(line);
      linesSent += 1;
    }, LINE_EVERY_MS);
    sockets.push(socket);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    // A line that crosses the cut is answered by a reset.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(sending);
      resolve({ answer, linesSent, afterMs: performance.now() - startedAtMs });
    });
  });
}

test('[W10] headers that come line by line, never silent and never complete, are cut', async () => {
  const { answer, linesSent, afterMs } = await untilCut([
    'GET / HTTP/1.1\r\n',
    'Host: chat.example\r\n',
    'X-Slow: 1\r\n',
  ]);
  expect(answer).toMatch(/^HTTP\/1\.1 408 .*Connection: close/s);
  // Cut by the clock, not by the number of headers.
  expect(linesSent).toBeLessThan(100);
  expect(afterMs).toBeGreaterThanOrEqual(TIMEOUTS.headersTimeoutMs);
  expect(afterMs).toBeLessThan(SLACK_MS);
});

test('[W10] the upgrade to the bridge is no way around it', async () => {
  const { answer } = await untilCut([
    'GET /bridge HTTP/1.1\r\n',
    'Host: chat.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n',
    'X-Slow: 1\r\n',
  ]);
  expect(answer).toContain('HTTP/1.1 408');
  expect(answer).not.toContain('101');
  expect(gateway.openSockets).toBe(0);
});

test('[W11] a TCP connection that sends nothing is cut', async () => {
  const { linesSent, afterMs } = await untilCut([]);
  expect(linesSent).toBe(0);
  expect(afterMs).toBeGreaterThanOrEqual(TIMEOUTS.headersTimeoutMs);
  expect(afterMs).toBeLessThan(SLACK_MS);
});

test('[W11] a connection that is silent after its answer is cut, too', async () => {
  const cut = new Promise<string>((resolve) => {
    let answer = '';
    const socket = connect(gateway.port, '127.0.0.1', () => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: chat.example\r\n\r\n');
    });
    sockets.push(socket);
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
  });
  expect(await cut).toMatch(/^HTTP\/1\.1 200 .*Connection: keep-alive.*ok\n$/s);
});

test('slow clients take nothing from others: requests are answered and an open socket outlives the limit', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/bridge`, BRIDGE_SUBPROTOCOLS.proto);
  let closed = false;
  socket.on('close', () => (closed = true));
  await new Promise((resolve) => socket.once('open', resolve));
  // Two rounds one after the other last longer than the headers of a request may take.
  for (let round = 0; round < 2; round++) {
    const slow = Array.from({ length: 10 }, () => untilCut([]));
    expect((await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).status).toBe(200);
    await Promise.all(slow);
  }
  expect(closed).toBe(false);
  expect(gateway.openSockets).toBe(1);
  socket.terminate();
});
