import { expect, test } from '@jest/globals';
import {
  AuthServiceDefinition,
  bridge,
  ChatRequest,
  ChatResponse,
  ChatServiceDefinition,
  CreateGuestRequest,
  CreateGuestResponse,
  DownloadMediaResponse,
  frameCost,
  GrpcStatus,
  ListMyRoomsResponse,
  MediaServiceDefinition,
  RoomServiceDefinition,
  rpc,
  UploadMediaRequest,
  UploadMediaResponse,
} from '@chat/protocol';
import { createClient } from '../src/calls/create-client.ts';
import type { ServiceShape } from '../src/calls/service-client.ts';
import { ChatClientError } from '../src/errors.ts';
import { createScriptedGateway, type GatewayScript } from './scripted-gateway.ts';

async function connected(script: GatewayScript = {}) {
  const gateway = createScriptedGateway(script);
  await gateway.connect();
  const { link, clock } = gateway;
  return {
    ...gateway,
    gateway,
    settle: () => gateway.settle(),
    client: <S extends ServiceShape>(definition: S) =>
      createClient(definition, { link, clock, random: () => 0.5 }),
  };
}

test('[CALL2] a unary call is one frame: start, message and end', async () => {
  const { client, calls, settle } = await connected();
  const answer = client(AuthServiceDefinition).createGuest({ displayName: 'Ana' });
  await settle();
  const [call] = calls;
  expect(call!.start.method).toBe('chat.v1.AuthService/CreateGuest');
  expect(call!.start.timeoutMs).toBe(30_000);
  expect(call!.ended).toBe(true);
  expect(CreateGuestRequest.decode(call!.messages[0]!).displayName).toBe('Ana');
  call!.message(
    CreateGuestResponse.encode(
      CreateGuestResponse.fromPartial({ user: { userId: 'u1' } }),
    ).finish(),
  );
  call!.status();
  await settle();
  expect((await answer).user?.userId).toBe('u1');
});

test('[ERR4] a status becomes one error with reason, field and retry time', async () => {
  const { client, calls, settle } = await connected();
  const answer = client(AuthServiceDefinition).createGuest({ displayName: 'Ana' });
  const failed = expect(answer).rejects.toMatchObject({
    name: 'ChatClientError',
    reason: 'NAME_TAKEN',
    code: GrpcStatus.ALREADY_EXISTS,
    field: 'display_name',
    retryAfterMs: 250,
    message: 'in use',
  });
  await settle();
  calls[0]!.status({
    code: GrpcStatus.ALREADY_EXISTS,
    message: 'in use',
    retryAfterMs: 250,
    details: [
      {
        type: 'google.rpc.ErrorInfo',
        value: rpc.ErrorInfo.encode(
          rpc.ErrorInfo.fromPartial({ reason: 'NAME_TAKEN', domain: 'chat' }),
        ).finish(),
        debug: undefined,
      },
      {
        type: 'google.rpc.BadRequest',
        value: rpc.BadRequest.encode(
          rpc.BadRequest.fromPartial({ fieldViolations: [{ field: 'display_name' }] }),
        ).finish(),
        debug: undefined,
      },
      { type: 'google.rpc.Other', value: Uint8Array.of(1, 2, 3), debug: undefined },
    ],
  });
  await settle();
  await failed;
});

test('[ERR3] a call that no handler has seen is tried again, whatever it is', async () => {
  const { client, calls, settle, clock } = await connected();
  const answer = client(AuthServiceDefinition).createGuest({ displayName: 'Ana' });
  await settle();
  calls[0]!.status({ code: GrpcStatus.UNAVAILABLE, notProcessed: true });
  await settle();
  await clock.advanceAsync(250);
  await settle();
  expect(calls).toHaveLength(2);
  calls[1]!.message(CreateGuestResponse.encode(CreateGuestResponse.fromPartial({})).finish());
  calls[1]!.status();
  await settle();
  await answer;
});

test('a call that may have been seen is tried again only when the method is idempotent', async () => {
  const { client, calls, settle, gateway, clock } = await connected();
  const create = client(AuthServiceDefinition).createGuest({ displayName: 'Ana' });
  const lost = expect(create).rejects.toMatchObject({ reason: 'UNAVAILABLE', notProcessed: false });
  const list = client(RoomServiceDefinition).listMyRooms({});
  await settle();
  gateway.peer.cut();
  await settle();
  await lost;
  await clock.advanceAsync(1_000);
  await settle();
  expect(calls.map(({ start }) => start.method.split('/')[1])).toEqual([
    'CreateGuest',
    'ListMyRooms',
    'ListMyRooms',
  ]);
  calls[2]!.message(ListMyRoomsResponse.encode({ rooms: [] }).finish());
  calls[2]!.status();
  await settle();
  expect((await list).rooms).toEqual([]);
});

test('a call made before there is a connection waits for it, up to its deadline', async () => {
  const gateway = createScriptedGateway({ accept: false });
  const { link, clock } = gateway;
  const rooms = createClient(RoomServiceDefinition, { link, clock, random: () => 0.5 });
  const late = rooms.listMyRooms({}, { timeoutMs: 500 });
  const failed = expect(late).rejects.toMatchObject({ reason: 'DEADLINE' });
  const patient = rooms.listMyRooms({});
  await gateway.connect();
  await clock.advanceAsync(500);
  await failed;
  gateway.peer.accept();
  await gateway.settle();
  gateway.welcome(gateway.peer);
  await gateway.settle();
  expect(gateway.calls).toHaveLength(1);
  gateway.calls[0]!.message(ListMyRoomsResponse.encode({ rooms: [] }).finish());
  gateway.calls[0]!.status();
  await gateway.settle();
  await patient;
});

test('[CALL5] an aborted signal and a passed deadline cancel the call upstream', async () => {
  const { client, calls, settle, clock } = await connected();
  const abort = new AbortController();
  const first = client(RoomServiceDefinition).listMyRooms({}, { signal: abort.signal });
  const second = client(RoomServiceDefinition).listMyRooms({}, { timeoutMs: 100 });
  const failed = Promise.all([
    expect(first).rejects.toMatchObject({ reason: 'CANCELLED' }),
    expect(second).rejects.toMatchObject({ reason: 'DEADLINE' }),
  ]);
  await settle();
  abort.abort();
  await clock.advanceAsync(100);
  await settle();
  await failed;
  expect(calls.map((call) => call.cancelled)).toEqual([true, true]);
  expect(clock.pendingTimers).toBe(1); // the heartbeat deadline
});

test('a signal that was aborted before opens no call', async () => {
  const { client, calls, settle } = await connected();
  const answer = client(RoomServiceDefinition).listMyRooms({}, { signal: AbortSignal.abort() });
  await expect(answer).rejects.toMatchObject({ reason: 'CANCELLED' });
  await settle();
  expect(calls).toHaveLength(0);
});

test('metadata goes with the call; headers and trailers come back', async () => {
  const { client, calls, settle, gateway } = await connected();
  const seen: string[] = [];
  const answer = client(RoomServiceDefinition).listMyRooms(
    {},
    {
      metadata: [{ name: 'x-trace', value: 'abc' }],
      onHeaders: (headers) => seen.push(...headers.map(({ name }) => `header ${name}`)),
      onTrailers: (trailers) => seen.push(...trailers.map(({ name }) => `trailer ${name}`)),
    },
  );
  await settle();
  expect(calls[0]!.start.metadata).toEqual([{ name: 'x-trace', value: 'abc' }]);
  gateway.send(gateway.peer, {
    callId: 1,
    headers: { metadata: [{ name: 'x-a', value: '1' }] },
    message: ListMyRoomsResponse.encode({ rooms: [] }).finish(),
    status: bridge.Status.fromPartial({ trailers: [{ name: 'x-b', value: '2' }] }),
  });
  await settle();
  await answer;
  expect(seen).toEqual(['header x-a', 'trailer x-b']);
});

test('[FC3] a stream of responses is credited as the application reads it', async () => {
  const { client, calls, settle } = await connected();
  const pieces = client(MediaServiceDefinition).downloadMedia({ mediaId: 'm' });
  await settle();
  const chunk = DownloadMediaResponse.encode(
    DownloadMediaResponse.fromPartial({ part: { $case: 'chunk', value: new Uint8Array(60_000) } }),
  ).finish();
  for (let piece = 0; piece < 4; piece += 1) calls[0]!.message(chunk);
  await settle();
  expect(calls[0]!.credit).toBe(0);
  await pieces.next();
  await pieces.next();
  await settle();
  expect(calls[0]!.credit).toBe(0);
  await pieces.next();
  await settle();
  // [FC1] Each frame costs its own size and 64.
  const frameBytes = bridge.ServerFrame.encode(
    bridge.ServerFrame.fromPartial({ callId: 1, message: chunk }),
  ).finish().length;
  expect(calls[0]!.credit).toBe(3 * frameCost(frameBytes));
});

test('[CALL11] every message before an error reaches a reader that comes late, then the error', async () => {
  const { client, calls, settle } = await connected();
  const pieces = client(MediaServiceDefinition).downloadMedia({ mediaId: 'm' });
  await settle();
  for (const size of [1, 2, 3]) {
    calls[0]!.message(
      DownloadMediaResponse.encode(
        DownloadMediaResponse.fromPartial({
          part: { $case: 'chunk', value: new Uint8Array(size) },
        }),
      ).finish(),
    );
  }
  calls[0]!.status({ code: GrpcStatus.DATA_LOSS });
  await settle();
  const sizes: number[] = [];
  const read = async () => {
    for await (const { part } of pieces) {
      if (part?.$case === 'chunk') sizes.push(part.value.length);
    }
  };
  await expect(read()).rejects.toMatchObject({ reason: 'DATA_LOSS' });
  expect(sizes).toEqual([1, 2, 3]);
});

test('leaving the loop cancels the call', async () => {
  const { client, calls, settle } = await connected();
  const pieces = client(MediaServiceDefinition).downloadMedia({ mediaId: 'm' });
  await settle();
  calls[0]!.message(DownloadMediaResponse.encode(DownloadMediaResponse.fromPartial({})).finish());
  await settle();
  for await (const piece of pieces) {
    expect(piece).toBeDefined();
    break;
  }
  await settle();
  expect(calls[0]!.cancelled).toBe(true);
});

test('[FC2] an upload is sent while the window is open and goes on with credit', async () => {
  const { client, calls, settle } = await connected();
  async function* chunks() {
    for (let index = 0; index < 5; index += 1) {
      yield { part: { $case: 'chunk', value: new Uint8Array(400).fill(index) } } as const;
    }
  }
  const answer = client(MediaServiceDefinition).uploadMedia(chunks());
  await settle();
  const [call] = calls;
  // Window 1,000: two messages of more than 464, and one that overdraws it.
  expect([call!.messages.length, call!.ended]).toEqual([3, false]);
  call!.grant(10_000);
  await settle();
  expect([call!.messages.length, call!.ended]).toEqual([5, true]);
  expect(UploadMediaRequest.decode(call!.messages[4]!).part).toMatchObject({ $case: 'chunk' });
  call!.message(UploadMediaResponse.encode(UploadMediaResponse.fromPartial({})).finish());
  call!.status();
  await settle();
  await answer;
});

test('an upload whose source fails is cancelled and rejects with the fault', async () => {
  const { client, calls, settle } = await connected();
  async function* chunks() {
    yield { part: { $case: 'chunk', value: new Uint8Array(1) } } as const;
    throw new ChatClientError('BAD_FIELD', { message: 'disk' });
  }
  const answer = expect(client(MediaServiceDefinition).uploadMedia(chunks())).rejects.toThrow(
    'disk',
  );
  await settle();
  await answer;
  expect([calls[0]!.cancelled, calls[0]!.ended]).toEqual([true, false]);
});

test('both directions of one call run at once', async () => {
  const { client, calls, settle } = await connected({
    onCall(call) {
      for (const message of call.messages.splice(0)) {
        const { requestId } = ChatRequest.decode(message);
        call.message(
          ChatResponse.encode({
            event: { $case: 'done', value: { requestId, result: undefined } },
          }).finish(),
        );
      }
      if (call.ended) call.status();
    },
  });
  async function* requests() {
    for (const requestId of [1, 2, 3]) yield { requestId };
  }
  const seen: number[] = [];
  const reading = (async () => {
    for await (const { event } of client(ChatServiceDefinition).chat(requests())) {
      if (event?.$case === 'done') seen.push(event.value.requestId);
    }
  })();
  await settle();
  await reading;
  expect(seen).toEqual([1, 2, 3]);
  expect(calls).toHaveLength(1);
});

test('[CALL1] calls are numbered 1, 2, 3 on each connection; frames of ended calls are ignored', async () => {
  const { client, calls, settle, gateway } = await connected();
  const one = client(RoomServiceDefinition).listMyRooms({});
  await settle();
  calls[0]!.message(ListMyRoomsResponse.encode({ rooms: [] }).finish());
  calls[0]!.status();
  calls[0]!.status({ code: GrpcStatus.INTERNAL });
  gateway.send(gateway.peer, { callId: 99, credit: 5 });
  await settle();
  await one;
  void client(RoomServiceDefinition)
    .listMyRooms({}, { timeoutMs: 10 })
    .catch(() => undefined);
  await settle();
  expect(calls.map(({ callId }) => callId)).toEqual([1, 2]);
});

test('[DR1] [DR3] GoAway: calls above last_call_id move to the new socket, earlier ones end on the old one', async () => {
  const { client, calls, settle, gateway, clock } = await connected();
  await clock.advanceAsync(10_000);
  const early = client(RoomServiceDefinition).listMyRooms({});
  await settle();
  const late = client(AuthServiceDefinition).createGuest({ displayName: 'Ana' });
  await settle();
  const [oldPeer] = gateway.peers;
  gateway.send(oldPeer!, {
    control: {
      $case: 'goAway',
      value: { lastCallId: 1, graceMs: 5_000, reconnectAfterMs: 300, reason: '' },
    },
  });
  await settle();
  expect(gateway.peers).toHaveLength(1);
  await clock.advanceAsync(500);
  await settle();
  expect(gateway.peers).toHaveLength(2);
  expect(oldPeer!.closedBy).toBeUndefined();
  expect(calls.map(({ callId, peer }) => [gateway.peers.indexOf(peer), callId])).toEqual([
    [0, 1],
    [0, 2],
    [1, 1],
  ]);
  calls[0]!.message(ListMyRoomsResponse.encode({ rooms: [] }).finish());
  calls[0]!.status();
  calls[2]!.message(CreateGuestResponse.encode(CreateGuestResponse.fromPartial({})).finish());
  calls[2]!.status();
  await settle();
  await Promise.all([early, late]);
  expect(oldPeer!.closedBy?.code).toBe(1000);
});

test('[AUTH1] a new token is sent in band on the same socket', async () => {
  const asked: boolean[] = [];
  const { gateway, settle } = await connected({
    getToken: ({ refresh }) => {
      asked.push(refresh);
      return Promise.resolve(refresh ? 'newer' : 'first');
    },
  });
  gateway.send(gateway.peer, {
    control: { $case: 'authState', value: { refresh: true, expiresInMs: 60_000 } },
  });
  await settle();
  expect(asked).toEqual([false, true]);
  expect(gateway.control.map(({ frame }) => frame.control)).toMatchObject([
    { $case: 'hello', value: { token: 'first' } },
    { $case: 'auth', value: { token: 'newer' } },
  ]);
  expect(gateway.peers).toHaveLength(1);
});

test('[HB2] a ping is answered with its nonce', async () => {
  const { gateway, settle } = await connected();
  gateway.send(gateway.peer, { control: { $case: 'ping', value: { nonce: 77, received: 0n } } });
  await settle();
  expect(gateway.control.at(-1)?.frame.control).toMatchObject({
    $case: 'pong',
    value: { nonce: 77 },
  });
});

test('bytes that are no frame end the connection, not the program', async () => {
  const { gateway, settle, link } = await connected();
  gateway.peer.send(Uint8Array.of(0x0a, 0xff, 0xff));
  await settle();
  expect(gateway.peers[0]!.closedBy?.code).toBe(4501);
  expect(link.status.getSnapshot().state).toBe('waiting');
});

test('close ends open calls and every timer', async () => {
  const { client, settle, link, clock, gateway } = await connected();
  const answer = client(RoomServiceDefinition).listMyRooms({});
  const failed = expect(answer).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  await settle();
  link.close();
  await clock.advanceAsync(1_000);
  await settle();
  await failed;
  expect(clock.pendingTimers).toBe(0);
  expect(gateway.peer.closedBy?.code).toBe(1000);
  await expect(client(RoomServiceDefinition).listMyRooms({})).rejects.toMatchObject({
    notProcessed: true,
  });
});
