import { afterEach, expect, test } from '@jest/globals';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AuthServiceDefinition, RoomServiceDefinition, SendMessageRequest } from '@chat/protocol';
import { createGrpcClient } from '@chat/protocol/grpc';
import { isReadyMessage } from '@chat/settings';
import { waitFor } from '@chat/testing';
import { createGateway, type Gateway, gatewayConfig } from '../src/index.ts';
import { type ChatSocket, connectChat } from './chat-socket.ts';

// The server is started as its own process, by its file, so that it can be killed.
const SERVER = fileURLToPath(new URL('../../grpc-server/src/main.ts', import.meta.url));

interface ServerProcess {
  readonly child: ChildProcess;
  readonly address: string;
}

const dataDir = mkdtempSync(join(tmpdir(), 'chat-data-'));
let server: ServerProcess | undefined;
let gateway: Gateway | undefined;

afterEach(async () => {
  await gateway?.close();
  if (server !== undefined) await kill(server);
  rmSync(dataDir, { recursive: true, force: true });
});

function startServer(listen: string): Promise<ServerProcess> {
  const flags = ['--grpc-listen', listen, '--data-dir', dataDir, '--no-rate-limits'];
  const child = fork(SERVER, flags, { execArgv: ['--conditions=chat-source'], silent: true });
  return new Promise((resolve, reject) => {
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${errors}`)));
    child.once('message', (message) => {
      const grpc = isReadyMessage(message) ? message.doors['grpc'] : undefined;
      if (grpc === undefined) reject(new Error('no gRPC door'));
      else resolve({ child, address: grpc.replace('0.0.0.0', '127.0.0.1') });
    });
  });
}

function kill({ child }: ServerProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function createGuests(address: string, names: readonly string[]) {
  const auth = createGrpcClient(AuthServiceDefinition, address);
  const rooms = createGrpcClient(RoomServiceDefinition, address);
  const tokens: string[] = [];
  for (const displayName of names) {
    const { session } = await auth.createGuest({ displayName, client: 'test 1' });
    tokens.push(session!.accessToken);
  }
  const metadata = { authorization: `Bearer ${tokens[0]}` };
  const { rooms: open } = await rooms.listPublicRooms({}, { metadata });
  auth.close();
  rooms.close();
  return { tokens, roomId: open[0]!.roomId };
}

// Sends once, and again each time the stream says that its server was replaced.
async function send(socket: ChatSocket, roomId: string, id: string, requestId: number) {
  const readies = () => socket.events.filter(({ $case }) => $case === 'ready').length;
  const answer = () =>
    socket.events.find((event) => event.$case === 'done' && event.value.requestId === requestId);
  for (;;) {
    const seen = readies();
    const value = SendMessageRequest.fromPartial({ roomId, clientMessageId: id, text: id });
    socket.command({ $case: 'sendMessage', value }, requestId);
    await waitFor(() => answer() !== undefined || readies() > seen, { timeoutMs: 15_000 });
    const done = answer();
    if (done?.$case !== 'done') continue;
    const { result } = done.value;
    return result?.$case === 'sendMessage' ? Number(result.value.position?.seq ?? 0n) : 0;
  }
}

test('[G1] [G2] [G12] the server is killed three times under open sockets: every accepted message arrives, once and in order', async () => {
  server = await startServer('127.0.0.1:0');
  const { address } = server;
  const { tokens, roomId } = await createGuests(address, ['Ann', 'Bob', 'Cid']);
  gateway = await createGateway(
    gatewayConfig({ wsHost: '127.0.0.1', wsPort: 0, grpcAddr: [address], rateLimits: false }),
  );
  await waitFor(() => gateway?.ready);
  const { port } = gateway;
  const sockets = await Promise.all(tokens.map((token) => connectChat(port, token)));
  for (const socket of sockets) socket.subscribe(roomId, 0);
  await waitFor(() => sockets.every((socket) => socket.seqs(roomId).length > 0));

  let requestId = 100;
  const accepted = new Map<string, number>();
  const write = async (socket: ChatSocket, name: string): Promise<void> => {
    for (let i = 0; i < 60; i++) {
      const id = `${name}-message-${String(i).padStart(4, '0')}`;
      accepted.set(id, await send(socket, roomId, id, (requestId += 1)));
    }
  };
  const writing = Promise.all(sockets.map((socket, i) => write(socket, `writer${i}`)));
  for (const progress of [30, 80, 130]) {
    await waitFor(() => accepted.size >= progress, { timeoutMs: 20_000 });
    await kill(server);
    server = await startServer(address);
  }
  await writing;

  const head = Math.max(...accepted.values());
  await waitFor(() => sockets.every((socket) => socket.seqs(roomId).at(-1)! >= head));
  const expected = Array.from({ length: head }, (_, i) => i + 1);
  for (const socket of sockets) {
    expect(socket.seqs(roomId).slice(0, head)).toEqual(expected);
    const seqOf = new Map<string, number[]>();
    for (const event of socket.events) {
      if (event.$case !== 'roomEntries') continue;
      for (const { seq, content } of event.value.entries) {
        if (content?.$case !== 'messagePosted') continue;
        const text = content.value.message?.text ?? '';
        seqOf.set(text, [...(seqOf.get(text) ?? []), Number(seq)]);
      }
    }
    for (const [id, seq] of accepted) expect([id, seqOf.get(id)]).toEqual([id, [seq]]);
  }
  for (const socket of sockets) socket.close();
}, 60_000);
