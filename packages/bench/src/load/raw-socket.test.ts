import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { openRawSocket } from './raw-socket.ts';

test('messages of every length form arrive whole and in order, both ways', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');

  const lengths = [0, 1, 125, 126, 65_535, 65_536, 700_000];
  const received: number[] = [];
  const all = Promise.withResolvers<void>();
  const socket = await openRawSocket(
    { host: '127.0.0.1', port: address.port, path: '/', protocol: undefined },
    (buffer, start, end) => {
      expect(buffer.subarray(start, end).every((byte) => byte === received.length)).toBe(true);
      received.push(end - start);
      if (received.length === lengths.length) all.resolve();
    },
  );
  for (const [index, length] of lengths.entries())
    socket.sendBinary(new Uint8Array(length).fill(index));
  await all.promise;
  expect(received).toEqual(lengths);

  server.close();
  for (const client of server.clients) client.close(4001, 'over');
  expect(await socket.closed).toBe('closed by the server with 4001 over');
});
