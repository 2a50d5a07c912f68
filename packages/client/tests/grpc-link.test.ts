import { expect, test } from '@jest/globals';
import {
  AuthServiceDefinition,
  ChatServiceDefinition,
  type GetSessionRequest,
  ProtocolError,
} from '@chat/protocol';
import { implementService } from '@chat/protocol/grpc';
import { finishesCleanly, waitFor } from '@chat/testing';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { createClient } from '../src/calls/create-client.ts';
import { systemClock } from '../src/clock.ts';
import { createGrpcLink } from '../src/grpc.ts';
import type { Link } from '../src/link.ts';

async function startServer(port = 0): Promise<Disposable & { readonly port: number }> {
  const server = new Server();
  implementService(server, AuthServiceDefinition, {
    createGuest: ({ displayName }) => {
      if (displayName === '') throw new ProtocolError('EMPTY', { field: 'display_name' });
      return Promise.resolve({ user: undefined, session: undefined });
    },
    getSession: (_: GetSessionRequest, { metadata }) =>
      Promise.resolve({
        user: undefined,
        sessionId: String(metadata.get('authorization')[0] ?? ''),
        accessExpiresInMs: 0,
        epoch: '',
      }),
    register: 'unimplemented',
    login: 'unimplemented',
    refreshSession: 'unimplemented',
    logout: 'unimplemented',
    listSessions: 'unimplemented',
    revokeSession: 'unimplemented',
    changePassword: 'unimplemented',
  });
  implementService(server, ChatServiceDefinition, {
    async chat(requests, writer) {
      for await (const { requestId } of requests) {
        writer.write({ event: { $case: 'done', value: { requestId, result: undefined } } });
      }
    },
  });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  return { port: bound, [Symbol.dispose]: () => server.forceShutdown() };
}

function link(port: number): Link & Disposable {
  const made = createGrpcLink({
    address: `127.0.0.1:${port}`,
    getToken: () => Promise.resolve('secret'),
  });
  return Object.assign(made, { [Symbol.dispose]: () => made.close() });
}

const clientOf = <S extends Parameters<typeof createClient>[0]>(definition: S, over: Link) =>
  createClient(definition, { link: over, clock: systemClock, random: Math.random });

test('[ERR4] calls, errors with their details and streams are the same without a bridge', async () => {
  await finishesCleanly(async () => {
    using server = await startServer();
    using over = link(server.port);
    over.start();
    const auth = clientOf(AuthServiceDefinition, over);
    expect((await auth.getSession({})).sessionId).toBe('Bearer secret');
    await expect(auth.createGuest({})).rejects.toMatchObject({
      reason: 'EMPTY',
      field: 'display_name',
    });
    await expect(auth.login({})).rejects.toMatchObject({ reason: 'UNIMPLEMENTED' });
    async function* requests() {
      for (const requestId of [1, 2, 3]) yield { requestId };
    }
    const seen: number[] = [];
    for await (const { event } of clientOf(ChatServiceDefinition, over).chat(requests())) {
      if (event?.$case === 'done') seen.push(event.value.requestId);
    }
    expect(seen).toEqual([1, 2, 3]);
  });
});

test('an unreachable server is waited for; a new generation begins when it is there', async () => {
  await finishesCleanly(async () => {
    const first = await startServer();
    const { port } = first;
    first[Symbol.dispose]();
    using over = link(port);
    over.start();
    const answer = clientOf(AuthServiceDefinition, over).getSession({});
    await waitFor(() => over.status.getSnapshot().state === 'connecting');
    using server = await startServer(port);
    expect((await answer).sessionId).toBe('Bearer secret');
    expect(over.status.getSnapshot()).toMatchObject({ state: 'ready' });
    server[Symbol.dispose]();
    await waitFor(() => over.status.getSnapshot().state === 'connecting');
  });
});

test('a link without a token is closed as signed out', async () => {
  const over = createGrpcLink({
    address: '127.0.0.1:1',
    getToken: () => Promise.resolve(undefined),
  });
  over.start();
  await waitFor(() => over.status.getSnapshot().state === 'closed');
  expect(over.status.getSnapshot()).toMatchObject({ reason: 'signed-out' });
});
