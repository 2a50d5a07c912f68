import { once } from 'node:events';
import { type Client, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  type CallContext,
  createGrpcClient,
  createRawClient,
  fromServiceError,
  GRPC_SERVER_OPTIONS,
  type Handlers,
  implementRawService,
  implementService,
  type RawClient,
  type ServiceOptions,
} from '../src/grpc.ts';
import {
  AdminServiceDefinition,
  AuthServiceDefinition,
  ChatRequest,
  ChatResponse,
  ChatServiceDefinition,
  type CreateGuestRequest,
  CreateGuestResponse,
  Entry,
  ExportRoomResponse,
  MediaServiceDefinition,
  ProtocolError,
  relay,
  UploadMediaRequest,
  UploadMediaResponse,
} from '../src/index.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

async function serve(register: (server: Server) => void): Promise<string> {
  const server = new Server(GRPC_SERVER_OPTIONS);
  register(server);
  cleanups.push(() => server.forceShutdown());
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  );
  return `127.0.0.1:${await promise}`;
}

function closing<C extends { close(): void } | Client>(client: C): C {
  cleanups.push(() => client.close());
  return client;
}

type AuthHandlers = Handlers<typeof AuthServiceDefinition>;
const NO_AUTH: AuthHandlers = {
  createGuest: 'unimplemented',
  register: 'unimplemented',
  login: 'unimplemented',
  refreshSession: 'unimplemented',
  logout: 'unimplemented',
  getSession: 'unimplemented',
  listSessions: 'unimplemented',
  revokeSession: 'unimplemented',
  changePassword: 'unimplemented',
};

type Guest = (request: CreateGuestRequest, call: CallContext) => Promise<CreateGuestResponse>;

async function serveGuest(createGuest: Guest, options: ServiceOptions = {}): Promise<string> {
  return serve((server) =>
    implementService(server, AuthServiceDefinition, { ...NO_AUTH, createGuest }, options),
  );
}

function guest(displayName: string): CreateGuestResponse {
  return CreateGuestResponse.fromPartial({ user: { displayName } });
}

type ChatHandler = Handlers<typeof ChatServiceDefinition>['chat'];
async function serveChat(chat: ChatHandler, options: ServiceOptions = {}): Promise<string> {
  return serve((server) => implementService(server, ChatServiceDefinition, { chat }, options));
}

function done(requestId: number): ChatResponse {
  return ChatResponse.fromPartial({ event: { $case: 'done', value: { requestId } } });
}

function doneId(event: ChatResponse): number {
  return event.event?.$case === 'done' ? event.event.value.requestId : -1;
}

async function failure(promise: Promise<unknown>): Promise<ProtocolError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ProtocolError) return error;
  throw new Error('was answered');
}

interface Final {
  readonly code: number;
  readonly details: string;
}

/** How a stream ended; unlike `once`, not disturbed by the error that comes first. */
function finalStatus(stream: {
  on(event: 'status', listener: (final: Final) => void): unknown;
}): Promise<Final> {
  return new Promise((resolve) => stream.on('status', resolve));
}

interface RawOutcome {
  readonly code: number;
  readonly text: string;
  readonly messages: Buffer[];
}

async function callRaw(
  client: RawClient,
  path: string,
  messages: readonly Uint8Array[],
  metadata = new Metadata(),
): Promise<RawOutcome> {
  const call = client.open(path, { metadata });
  const received: Buffer[] = [];
  call.on('data', (bytes: Buffer) => received.push(bytes));
  call.on('error', () => undefined);
  const ended = finalStatus(call);
  for (const message of messages) call.write(Buffer.from(message));
  call.end();
  const final = await ended;
  return { code: final.code, text: final.details, messages: received };
}

describe('the four kinds', () => {
  test('unary: request, token and metadata arrive, the response comes back', async () => {
    const address = await serveGuest(async ({ displayName }, call) => {
      const trace = String(call.metadata.get('x-trace')[0]);
      return guest(`${displayName} ${call.token} ${trace} ${call.path}`);
    });
    const client = closing(createGrpcClient(AuthServiceDefinition, address, { token: () => 't1' }));
    const response = await client.createGuest(
      { displayName: 'Ann' },
      { metadata: { 'x-trace': '7' } },
    );
    expect(response.user?.displayName).toBe('Ann t1 7 chat.v1.AuthService/CreateGuest');
  });

  test('server stream: every message, then OK', async () => {
    const address = await serve((server) =>
      implementService(server, AdminServiceDefinition, {
        getServerInfo: 'unimplemented',
        listUsers: 'unimplemented',
        setSuspended: 'unimplemented',
        createWebhook: 'unimplemented',
        listWebhooks: 'unimplemented',
        deleteWebhook: 'unimplemented',
        listServerAuditRecords: 'unimplemented',
        async exportRoom({ afterSeq }, writer) {
          for (let seq = afterSeq + 1n; seq <= 200n; seq++) {
            writer.write(ExportRoomResponse.fromPartial({ entries: [Entry.fromPartial({ seq })] }));
            await writer.drained();
          }
        },
      }),
    );
    const client = closing(createGrpcClient(AdminServiceDefinition, address));
    const seqs: bigint[] = [];
    for await (const page of client.exportRoom({ roomId: 'r', afterSeq: 5n })) {
      seqs.push((page as ExportRoomResponse).entries[0]?.seq ?? 0n);
    }
    expect(seqs).toEqual(Array.from({ length: 195 }, (_, index) => BigInt(index + 6)));
  });

  test('client stream: every piece arrives in order', async () => {
    const address = await serveUpload(async (requests) => {
      let bytes = 0;
      for await (const { part } of requests)
        if (part?.$case === 'chunk') bytes += part.value.length;
      return UploadMediaResponse.fromPartial({ media: { sizeBytes: bytes } });
    });
    const client = closing(createGrpcClient(MediaServiceDefinition, address));
    const { stream, response } = client.uploadMedia();
    for (let piece = 0; piece < 20; piece++) {
      stream.write({ part: { $case: 'chunk', value: new Uint8Array(10_000) } });
    }
    stream.end();
    expect((await response).media?.sizeBytes).toBe(200_000);
  });

  test('bidi: answers while requests are still coming', async () => {
    const address = await serveChat(async (requests, writer) => {
      for await (const { requestId } of requests) writer.write(done(requestId));
    });
    const stream = closing(createGrpcClient(ChatServiceDefinition, address)).chat();
    for (const requestId of [1, 2, 3]) {
      stream.write(ChatRequest.fromPartial({ requestId }));
      const [event] = await once(stream, 'data');
      expect(doneId(event)).toBe(requestId);
    }
    stream.end();
    const final = await finalStatus(stream);
    expect(final.code).toBe(status.OK);
  });
});

async function serveUpload(
  uploadMedia: Handlers<typeof MediaServiceDefinition>['uploadMedia'],
): Promise<string> {
  return serve((server) =>
    implementService(server, MediaServiceDefinition, {
      uploadMedia,
      downloadMedia: 'unimplemented',
      getMedia: 'unimplemented',
      deleteMedia: 'unimplemented',
    }),
  );
}

describe('[DOOR1] [P1] a request that cannot be read is INVALID_ARGUMENT and reaches no handler', () => {
  const bad: [string, string][] = [
    ['truncated', '0a0541'],
    ['not UTF-8', '0a02c328'],
    ['another wire type', '0801'],
    ['unknown groups without end', '9b01'.repeat(50)],
  ];
  test.each(bad)('[DOOR1] unary: %s', async (_, hex) => {
    let seen = 0;
    const address = await serveGuest(async () => {
      seen++;
      return guest('');
    });
    const client = closing(createRawClient(address));
    const outcome = await callRaw(client, 'chat.v1.AuthService/CreateGuest', [
      Buffer.from(hex, 'hex'),
    ]);
    expect(outcome.code).toBe(status.INVALID_ARGUMENT);
    expect(seen).toBe(0);
  });

  test('[DOOR1] bidi: what was readable before it was served', async () => {
    const address = await serveChat(async (requests, writer) => {
      for await (const { requestId } of requests) writer.write(done(requestId));
    });
    const client = closing(createRawClient(address));
    const outcome = await callRaw(client, 'chat.v1.ChatService/Chat', [
      ChatRequest.encode(ChatRequest.fromPartial({ requestId: 4 })).finish(),
      Buffer.from('0a01', 'hex'),
    ]);
    expect(outcome.code).toBe(status.INVALID_ARGUMENT);
    expect(outcome.messages.map((bytes) => doneId(ChatResponse.decode(bytes)))).toEqual([4]);
  });

  test('[DOOR1] server stream and client stream alike', async () => {
    const upload = await serveUpload(async (requests) => {
      for await (const _ of requests);
      return UploadMediaResponse.fromPartial({});
    });
    const client = closing(createRawClient(upload));
    const bytes = [Buffer.from('ff', 'hex')];
    expect((await callRaw(client, 'chat.v1.MediaService/UploadMedia', bytes)).code).toBe(3);
  });

  test('[DOOR1] the path of the field comes along', async () => {
    const address = await serveGuest(async () => guest(''));
    const call = closing(createRawClient(address)).open('chat.v1.AuthService/CreateGuest');
    call.end(Buffer.from('0a02c328', 'hex'));
    call.resume();
    const [error] = await once(call, 'error');
    expect(fromServiceError(error)).toMatchObject({ code: 'BAD_FIELD', field: 'display_name' });
  });

  test('[DOOR1] a relay batch may hold more than 100 records', async () => {
    const address = await serve((server) =>
      implementService(server, relay.RelayServiceDefinition, {
        async relay(requests, writer) {
          for await (const { records } of requests) {
            const event = Buffer.from(String(records.length));
            writer.write(
              relay.RelayResponse.fromPartial({
                records: [{ record: { $case: 'roomSignal', value: { event } } }],
              }),
            );
          }
        },
      }),
    );
    const stream = closing(createGrpcClient(relay.RelayServiceDefinition, address)).relay();
    stream.write(
      relay.RelayRequest.fromPartial({
        records: Array.from({ length: 5_000 }, () => ({ session: 1 })),
      }),
    );
    const [response] = await once(stream, 'data');
    expect(Buffer.from(response.records[0].record.value.event).toString()).toBe('5000');
    stream.end();
    await finalStatus(stream);
  });
});

describe('[DOOR2] [P19] a unary call has a deadline', () => {
  const never: Guest = (_, { signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

  test('[DOOR2] of its own when the caller names none, and the handler is told', async () => {
    const aborted: unknown[] = [];
    const address = await serveGuest(
      (request, call) => {
        call.signal.addEventListener('abort', () => aborted.push(call.signal.reason));
        return never(request, call);
      },
      { defaultDeadlineMs: 30 },
    );
    const outcome = await callRaw(
      closing(createRawClient(address)),
      'chat.v1.AuthService/CreateGuest',
      [new Uint8Array()],
    );
    expect(outcome.code).toBe(status.DEADLINE_EXCEEDED);
    expect(aborted).toMatchObject([{ code: 'DEADLINE' }]);
  });

  test('[DOOR2] capped when the caller names a long one', async () => {
    const address = await serveGuest(never, { maxDeadlineMs: 30 });
    const client = closing(createGrpcClient(AuthServiceDefinition, address));
    const error = await failure(client.createGuest({}, { deadlineMs: 100_000 }));
    expect(error.code).toBe('DEADLINE');
  });
});

describe('[DOOR3] [P20] metadata has limits', () => {
  const call = async (metadata: Metadata) => {
    const address = await serveGuest(async (_, { token }) => guest(token ?? 'none'));
    return callRaw(
      closing(createRawClient(address)),
      'chat.v1.AuthService/CreateGuest',
      [new Uint8Array()],
      metadata,
    );
  };
  const pairs = (...list: [string, string][]) => {
    const metadata = new Metadata();
    for (const [name, value] of list) metadata.add(name, value);
    return metadata;
  };

  test('[DOOR3] more than 8 KiB', async () => {
    expect((await call(pairs(['x-a', 'v'.repeat(8_200)]))).code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test('[DOOR3] more than 64 entries', async () => {
    const many = Array.from({ length: 65 }, (_, index): [string, string] => [`x-${index}`, 'v']);
    expect((await call(pairs(...many))).code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test('[DOOR3] two different credentials, or another scheme', async () => {
    expect((await call(pairs(['authorization', 'Bearer a'], ['token', 'b']))).code).toBe(16);
    expect((await call(pairs(['authorization', 'Basic abc']))).code).toBe(16);
    expect((await call(pairs(['authorization', `Bearer ${'t'.repeat(5_000)}`]))).code).toBe(16);
  });

  test('[DOOR3] the token comes from either key', async () => {
    for (const metadata of [pairs(['authorization', 'bearer a']), pairs(['token', 'a'])]) {
      const { messages } = await call(metadata);
      expect(CreateGuestResponse.decode(messages[0] ?? new Uint8Array()).user?.displayName).toBe(
        'a',
      );
    }
  });
});

describe('errors', () => {
  test('[DOOR4] [P22] an unexpected fault is INTERNAL with an id; its text stays here', async () => {
    const reported: ProtocolError[] = [];
    const address = await serveGuest(
      async () => {
        throw new Error('password is 1234');
      },
      { onError: (error) => reported.push(error) },
    );
    const client = closing(createGrpcClient(AuthServiceDefinition, address));
    const error = await failure(client.createGuest({}));
    expect(error.code).toBe('INTERNAL');
    expect(error.message).toMatch(/^internal error [0-9a-f-]{36}$/);
    expect(reported).toMatchObject([
      { message: error.message, cause: { message: 'password is 1234' } },
    ]);
  });

  test('[ERR4] a refusal arrives with code, field and delay', async () => {
    const address = await serveGuest(async () => {
      throw new ProtocolError('RATE_LIMITED', { field: 'display_name', retryAfterMs: 900 });
    });
    const client = closing(createGrpcClient(AuthServiceDefinition, address));
    expect(await failure(client.createGuest({}))).toMatchObject({
      code: 'RATE_LIMITED',
      message: 'too fast',
      field: 'display_name',
      retryAfterMs: 900,
    });
  });

  test('a method that is not served answers UNIMPLEMENTED', async () => {
    const address = await serveGuest(async () => guest(''));
    const client = closing(createGrpcClient(AuthServiceDefinition, address));
    expect((await failure(client.login({}))).code).toBe('UNIMPLEMENTED');
  });

  test('[ERR2] a server that is not there is UNAVAILABLE, without its address', async () => {
    const client = closing(createGrpcClient(AuthServiceDefinition, '127.0.0.1:1'));
    const error = await failure(client.createGuest({}));
    expect(error).toMatchObject({ code: 'UNAVAILABLE', message: 'not reachable now' });
  });

  test('a channel says when it is connected, or that it is not', async () => {
    const there = closing(createRawClient(await serveGuest(async () => guest(''))));
    await there.ready(2_000);
    const nowhere = closing(createRawClient('127.0.0.1:1'));
    expect((await failure(nowhere.ready(50))).code).toBe('UNAVAILABLE');
  });

  test('everything written before an error arrives before the status', async () => {
    const address = await serveChat(async (_, writer) => {
      for (let requestId = 1; requestId <= 500; requestId++) writer.write(done(requestId));
      throw new ProtocolError('MUTED');
    });
    const stream = closing(createGrpcClient(ChatServiceDefinition, address)).chat();
    const ids: number[] = [];
    stream.on('data', (event) => ids.push(doneId(event)));
    const [error] = await once(stream, 'error');
    expect(fromServiceError(error).code).toBe('MUTED');
    expect(ids.length).toBe(500);
  });
});

describe('[DOOR5] [P26] a stream whose reader is slow', () => {
  test('[DOOR5] is cut with RESOURCE_EXHAUSTED when more than its bound waits', async () => {
    const cut = Promise.withResolvers<number>();
    const address = await serveChat(
      async (requests, writer) => {
        // A handler that reads too: the status must come all the same.
        const reading = (async () => {
          for await (const _ of requests);
        })();
        reading.catch(() => undefined);
        const big = ChatResponse.fromPartial({
          event: { $case: 'lagging', value: { roomId: 'r'.repeat(60_000) } },
        });
        let written = 0;
        while (writer.write(big)) {
          expect(writer.queuedBytes).toBeLessThanOrEqual(1_048_576);
          if (++written % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        cut.resolve(written);
        await new Promise(() => undefined);
      },
      { onError: (error) => expect(error.code).toBe('SLOW_CONSUMER') },
    );
    const stream = closing(
      createGrpcClient(ChatServiceDefinition, address, {
        channelOptions: { 'grpc-node.flow_control_window': 65_536 },
      }),
    ).chat();
    stream.pause();
    await cut.promise;
    stream.resume();
    const [error] = await once(stream, 'error');
    expect(fromServiceError(error).code).toBe('SLOW_CONSUMER');
  });
});

describe('[DOOR6] [P29] a caller that goes away', () => {
  test('[DOOR6] a cancelled upload is CANCELLED for the handler, never finished', async () => {
    const seen = Promise.withResolvers<unknown>();
    const started = Promise.withResolvers<void>();
    const address = await serveUpload(async (requests) => {
      try {
        for await (const _ of requests) started.resolve();
        seen.resolve('committed');
      } catch (error) {
        seen.resolve(error);
      }
      return UploadMediaResponse.fromPartial({});
    });
    const client = closing(createGrpcClient(MediaServiceDefinition, address));
    const { stream, response } = client.uploadMedia();
    response.catch(() => undefined);
    stream.write(
      UploadMediaRequest.fromPartial({ part: { $case: 'chunk', value: new Uint8Array(9) } }),
    );
    await started.promise;
    stream.cancel();
    expect(await seen.promise).toMatchObject({ code: 'CANCELLED' });
  });

  test('an aborted signal ends the call on both sides', async () => {
    const told = Promise.withResolvers<unknown>();
    const started = Promise.withResolvers<void>();
    const address = await serveGuest((_, { signal }) => {
      signal.addEventListener('abort', () => told.resolve(signal.reason));
      started.resolve();
      return new Promise(() => undefined);
    });
    const client = closing(createGrpcClient(AuthServiceDefinition, address));
    const abort = new AbortController();
    const call = failure(client.createGuest({}, { signal: abort.signal }));
    await started.promise;
    abort.abort();
    expect((await call).code).toBe('CANCELLED');
    expect(await told.promise).toMatchObject({ code: 'CANCELLED' });
  });

  test('a stream writer of a call that is gone takes nothing more', async () => {
    const after = Promise.withResolvers<boolean>();
    const address = await serveChat(async (requests, writer) => {
      try {
        for await (const { requestId } of requests) writer.write(done(requestId));
      } finally {
        after.resolve(writer.write(done(9)));
      }
    });
    const stream = closing(createGrpcClient(ChatServiceDefinition, address)).chat();
    stream.on('error', () => undefined);
    stream.write(ChatRequest.fromPartial({ requestId: 1 }));
    await once(stream, 'data');
    stream.cancel();
    expect(await after.promise).toBe(false);
  });
});

test('bytes mode passes unknown fields and faulty text untouched, both ways', async () => {
  const address = await serve((server) =>
    implementRawService(server, ChatServiceDefinition, {
      async chat(requests, writer) {
        for await (const bytes of requests) writer.write(bytes);
      },
    }),
  );
  const client = closing(createRawClient(address));
  const strange = [
    Buffer.from('f2070568656c6c6f', 'hex'),
    Buffer.from('0a02c328', 'hex'),
    Buffer.alloc(0),
  ];
  const outcome = await callRaw(client, 'chat.v1.ChatService/Chat', strange);
  expect(outcome).toEqual({ code: status.OK, text: 'OK', messages: strange });
});
