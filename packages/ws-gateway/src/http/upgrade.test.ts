import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gatewayConfig } from '../config.ts';
import { silentLog } from '../ports/log.ts';
import type { Readiness } from './health-routes.ts';
import { createHttpFront } from './http-front.ts';
import { listen } from './listen.ts';
import type { AcceptedSocket } from './upgrade.ts';

let server: Server;
let port = 0;
let readiness: Readiness;
let accepted: AcceptedSocket[];
let refused: string[];
let sockets: Socket[];

beforeEach(async () => {
  readiness = { ready: true };
  accepted = [];
  refused = [];
  sockets = [];
  server = createHttpFront({
    config: gatewayConfig({ maxSocketsPerAddress: 2, trustedProxies: ['127.0.0.1'] }),
    authority: { refresh: () => Promise.resolve(undefined), logout: () => Promise.resolve() },
    readiness: () => readiness,
    metrics: { contentType: 'text/plain', text: () => Promise.resolve('') },
    log: silentLog,
    routes: [{ path: '/bridge', protocols: ['p'], accept: (socket) => accepted.push(socket) }],
    onUpgradeRefused: (reason) => refused.push(reason),
  });
  ({ port } = await listen(server, { host: '127.0.0.1', port: 0, fallbackPort: undefined }));
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const GOOD = {
  Host: 'chat.example',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': 'p',
};

// The head of the answer; the socket stays open until the test ends.
function upgrade(changes: Record<string, string | undefined> = {}, line = 'GET /bridge HTTP/1.1') {
  const headers = Object.entries({ ...GOOD, ...changes })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise<string>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`${line}\r\n${headers.join('')}\r\n`);
    });
    sockets.push(socket);
    socket.once('data', (chunk: Buffer) => resolve(chunk.toString()));
    socket.on('error', () => undefined);
  });
}

test('a good upgrade is handed to its route with protocol and client address', async () => {
  expect(await upgrade({ 'X-Forwarded-For': '203.0.113.5' })).toContain('101 Switching Protocols');
  expect(accepted).toHaveLength(1);
  expect(accepted[0]).toMatchObject({ protocol: 'p', remoteAddress: '203.0.113.5' });
});

test.each([
  ['W1', { 'Sec-WebSocket-Key': undefined }, '400'],
  ['W1', { 'Sec-WebSocket-Key': 'short' }, '400'],
  ['W2', { 'Sec-WebSocket-Version': '8' }, '426'],
  ['W5', { Upgrade: 'h2c' }, '400'],
  ['W6', { 'Sec-WebSocket-Protocol': 'unknown' }, '400'],
  ['W7', { Cookie: 'chat_sid=a' }, '403'],
  ['W8', { Origin: 'http://evil.example' }, '403'],
])('[%s] %j is refused before the upgrade', async (_rule, changes, status) => {
  const answer = await upgrade(changes);
  expect(answer.split('\r\n')[0]).toContain(` ${status} `);
  if (status === '426') expect(answer).toContain('Sec-WebSocket-Version: 13');
  expect(accepted).toEqual([]);
});

test('[W3] [W4] [W17] other methods and versions, and tokens in the URL', async () => {
  expect(await upgrade({}, 'POST /bridge HTTP/1.1')).toContain('405');
  expect(await upgrade({}, 'GET /bridge HTTP/1.0')).toMatch(/505|400/);
  expect(await upgrade({}, 'GET /bridge?token=x HTTP/1.1')).toContain('400');
  expect(refused).toContain('TOKEN_IN_URL');
  expect(accepted).toEqual([]);
});

test('[W18] the third socket of one address gets 429; a closed one makes room; other addresses are not touched', async () => {
  expect(await upgrade()).toContain('101');
  expect(await upgrade()).toContain('101');
  const third = await upgrade();
  expect(third).toContain('429');
  expect(third).toContain('Retry-After: 1');
  expect(await upgrade({ 'X-Forwarded-For': '203.0.113.9' })).toContain('101');
  const gone = new Promise((resolve) => accepted[0]?.webSocket.once('close', resolve));
  accepted[0]?.webSocket.terminate();
  await gone;
  expect(await upgrade()).toContain('101');
});

test('[G15] while draining new sockets are sent elsewhere', async () => {
  readiness = { ready: false, reason: 'draining' };
  expect(await upgrade()).toContain('503');
  readiness = { ready: false, reason: 'no-upstream' };
  expect(await upgrade()).toContain('101');
});
