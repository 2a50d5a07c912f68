import { afterEach, describe, expect, test } from '@jest/globals';
import { waitFor } from '@chat/testing';
import { type WebSocket, WebSocketServer } from 'ws';
import { openSocket as openBrowserSocket } from '../src/transport/browser.ts';
import { createMemoryTransport } from '../src/transport/memory.ts';
import { openSocket as openNodeSocket } from '../src/transport/node.ts';
import type { OpenSocket } from '../src/transport/transport.ts';

/** The other end of a socket, whatever carries it. */
interface Peer {
  readonly received: Uint8Array[];
  send(bytes: Uint8Array): void;
  close(code: number, reason: string): void;
  cut(): void;
  readonly subprotocol: string;
  readonly closedWith: number | undefined;
}

interface Harness {
  readonly openSocket: OpenSocket;
  readonly url: string;
  peer(): Promise<Peer>;
  stop(): Promise<void>;
}

const PROTOCOL = 'grpc-bridge.v1.proto';
const harnesses: Harness[] = [];

afterEach(async () => {
  for (const harness of harnesses.splice(0)) await harness.stop();
});

async function overWebSocket(openSocket: OpenSocket): Promise<Harness> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const peers: Peer[] = [];
  server.on('connection', (socket: WebSocket) => {
    const received: Uint8Array[] = [];
    let closedWith: number | undefined;
    // With the default binary type a message is one Buffer.
    socket.on('message', (data) => received.push(new Uint8Array(data as Buffer)));
    socket.on('close', (code) => {
      closedWith = code;
    });
    peers.push({
      received,
      send: (bytes) => socket.send(bytes),
      close: (code, reason) => socket.close(code, reason),
      cut: () => socket.terminate(),
      subprotocol: socket.protocol,
      get closedWith() {
        return closedWith;
      },
    });
  });
  return {
    openSocket,
    url: `ws://127.0.0.1:${address.port}/bridge`,
    peer: () => waitFor(() => peers[0]),
    async stop() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function inMemory(): Promise<Harness> {
  const transport = createMemoryTransport({ onPeer: (peer) => peer.accept() });
  const timer = setInterval(() => transport.flush(), 1);
  return Promise.resolve({
    openSocket: transport.openSocket,
    url: 'memory:',
    async peer() {
      const peer = await waitFor(() => transport.peers[0]);
      return {
        received: peer.inbox,
        send: (bytes: Uint8Array) => peer.send(bytes),
        close: (code: number, reason: string) => peer.close(code, reason),
        cut: () => peer.cut(),
        subprotocol: peer.subprotocol,
        get closedWith() {
          return peer.closedBy?.code;
        },
      };
    },
    stop() {
      clearInterval(timer);
      return Promise.resolve();
    },
  });
}

/** Opens a socket and writes down what it hears. */
function listen(harness: Harness, url = harness.url) {
  const heard: string[] = [];
  const socket = harness.openSocket(url, PROTOCOL, {
    onOpen: () => heard.push('open'),
    onMessage: (bytes) => heard.push(`message ${[...bytes].join(',')}`),
    onClose: (code, reason) => heard.push(`close ${code} ${reason}`.trim()),
  });
  return { heard, socket };
}

const transports: readonly [string, () => Promise<Harness>][] = [
  ['of the platform', () => overWebSocket(openBrowserSocket)],
  ['of the ws library', () => overWebSocket(openNodeSocket)],
  ['in memory', inMemory],
];

describe.each(transports)('a socket %s', (_, create) => {
  const start = async (): Promise<Harness> => {
    const harness = await create();
    harnesses.push(harness);
    return harness;
  };

  test('[HS1] opens with the subprotocol and carries messages both ways, in order', async () => {
    const harness = await start();
    const { heard, socket } = listen(harness);
    expect(heard).toEqual([]);
    await waitFor(() => heard.includes('open'));
    const peer = await harness.peer();
    expect(peer.subprotocol).toBe(PROTOCOL);
    socket.send(Uint8Array.of(1, 2));
    socket.send(Uint8Array.of());
    await waitFor(() => peer.received.length === 2);
    expect(peer.received.map((bytes) => [...bytes])).toEqual([[1, 2], []]);
    peer.send(Uint8Array.of(3));
    peer.send(Uint8Array.of(4));
    peer.close(4000, 'slow');
    await waitFor(() => heard.length === 4);
    expect(heard).toEqual(['open', 'message 3', 'message 4', 'close 4000 slow']);
    socket.send(Uint8Array.of(5));
  });

  test('hears 1006 when the wire breaks, once and last', async () => {
    const harness = await start();
    const { heard, socket } = listen(harness);
    await waitFor(() => heard.includes('open'));
    (await harness.peer()).cut();
    await waitFor(() => heard.length === 2);
    socket.close(1000, '');
    expect(heard).toEqual(['open', 'close 1006']);
  });

  test('closes with a code of its own', async () => {
    const harness = await start();
    const { heard, socket } = listen(harness);
    await waitFor(() => heard.includes('open'));
    const peer = await harness.peer();
    socket.close(4004, 'silent');
    await waitFor(() => heard.length === 2 && peer.closedWith !== undefined);
    expect([heard[1]?.slice(0, 10), peer.closedWith]).toEqual(['close 4004', 4004]);
  });
});

describe.each(transports.filter(([name]) => name !== 'in memory'))(
  'an address that leads nowhere, for a socket %s',
  (_, create) => {
    test('ends in 1006; opening never throws', async () => {
      const harness = await create();
      harnesses.push(harness);
      for (const url of ['ws://127.0.0.1:1/bridge', 'not an address']) {
        const { heard } = listen(harness, url);
        await waitFor(() => heard.length === 1);
        expect(heard[0]).toMatch(/^close 1006/);
      }
    });
  },
);
