import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { gatewayConfig } from '../config.ts';
import { silentLog } from '../ports/log.ts';
import { createHttpFront } from './http-front.ts';
import { listen } from './listen.ts';

let vite: Server;
let front: Server;
let port = 0;

beforeAll(async () => {
  vite = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(`vite answers ${request.url} for ${request.headers.host}`);
  });
  const sockets = new WebSocketServer({ server: vite, handleProtocols: () => 'vite-hmr' });
  sockets.on('connection', (socket) => socket.send('{"type":"connected"}'));
  await new Promise<void>((resolve) => vite.listen(0, '127.0.0.1', resolve));
  const vitePort = (vite.address() as AddressInfo).port;
  front = createHttpFront({
    config: gatewayConfig({ devWeb: `http://127.0.0.1:${vitePort}` }),
    authority: { refresh: () => Promise.resolve(undefined), logout: () => Promise.resolve() },
    readiness: () => ({ ready: true }),
    metrics: { contentType: 'text/plain', text: () => Promise.resolve('') },
    log: silentLog,
    routes: [],
    onUpgradeRefused: () => undefined,
  });
  ({ port } = await listen(front, { host: '127.0.0.1', port: 0, fallbackPort: undefined }));
});

afterAll(async () => {
  for (const server of [front, vite]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test('what is not ours comes from the Vite dev server, with a policy that allows its inline scripts', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/src/main.tsx?t=1`);
  expect(await answer.text()).toContain('vite answers /src/main.tsx?t=1');
  expect(answer.headers.get('content-security-policy')).toContain("'unsafe-inline'");
  expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe('ok\n');
});

test('live reload goes through the same port, also with the token that Vite puts into the query', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/?token=abc`, 'vite-hmr');
  const message = await new Promise((resolve, reject) => {
    socket.on('message', (data: Buffer) => resolve(data.toString()));
    socket.on('error', reject);
  });
  expect(message).toBe('{"type":"connected"}');
  socket.terminate();
});

test('[W20] a path that would leave the root is not passed on', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/%2e%2e%5cetc`);
  expect(answer.status).toBe(400);
});
