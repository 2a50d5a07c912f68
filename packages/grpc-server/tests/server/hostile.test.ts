import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { GrpcStatus, SendMessageRequest, services } from '@chat/protocol';
import { fromServiceError } from '@chat/protocol/grpc';
import { type ChatServer, UNIMPLEMENTED_METHODS } from '../../src/index.ts';
import { Closing, guest, messageId, newRoom, startServer, type TestUser } from './kit.ts';

describe('bad input at the gRPC door', () => {
  let server: ChatServer;
  let closing: Closing;
  let anna: TestUser;
  let raw: Client;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
    anna = await guest(server, closing);
    raw = closing.add(new Client(server.address, credentials.createInsecure()), (it) => it.close());
  });
  afterEach(() => closing.close());

  /** Status and error code of a unary call with raw bytes. */
  function call(
    path: string,
    bytes: Uint8Array,
    metadata = bearer(),
  ): Promise<{ status: number; code: string }> {
    return new Promise((resolve) => {
      raw.makeUnaryRequest(
        `/${path}`,
        (it: Buffer) => it,
        (it: Buffer) => it,
        Buffer.from(bytes),
        metadata,
        { deadline: Date.now() + 4_000 },
        (error) =>
          resolve(
            error
              ? { status: error.code, code: fromServiceError(error).code }
              : { status: 0, code: 'OK' },
          ),
      );
    });
  }
  function bearer(): Metadata {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${anna.token}`);
    return metadata;
  }
  const SEND = 'chat.v1.MessageService/SendMessage';
  const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

  test.each([
    ['[P1] truncated message', '0a 05 61'],
    ['[P2] tag 0', '00 00'],
    ['[P2] wire type 6', '0e 00'],
    ['[P2] wire type 7', '0f 00'],
    ['[P2] varint of 11 bytes', '28 ff ff ff ff ff ff ff ff ff ff 01'],
    ['[P2] length 0xFFFFFFFF', '0a ff ff ff ff 0f'],
    ['[P4] text that is not UTF-8', '1a 02 c3 28'],
    ['[P4] a lone surrogate', '1a 03 ed a0 80'],
  ])('[DOOR1] %s is INVALID_ARGUMENT', async (_name, bytes) => {
    expect((await call(SEND, hex(bytes))).status).toBe(GrpcStatus.INVALID_ARGUMENT);
  });

  test('[P3] deep nesting of unknown groups is INVALID_ARGUMENT', async () => {
    const bytes = Buffer.concat([Buffer.alloc(20_000, 0x7b), Buffer.alloc(20_000, 0x7c)]);
    expect((await call(SEND, bytes)).status).toBe(GrpcStatus.INVALID_ARGUMENT);
  });

  test('[P5] [P10] names like __proto__ and unknown fields are data or dropped', async () => {
    const { roomId } = await newRoom(anna);
    const message = { roomId, clientMessageId: '__proto__', text: '__proto__' };
    const known = SendMessageRequest.encode(SendMessageRequest.fromPartial(message)).finish();
    const unknown = Buffer.concat([
      known,
      hex('ba 3e'),
      Buffer.from([0xe0, 0x3f]),
      Buffer.alloc(8_160, 0x41),
    ]);
    expect(await call(SEND, unknown)).toEqual({ status: 0, code: 'OK' });
    expect(({} as Record<string, unknown>)['text']).toBeUndefined();
    const { entries } = await anna.messages.listEntries({ roomId });
    expect(
      JSON.stringify(entries, (_, value) => (typeof value === 'bigint' ? 0 : value)),
    ).not.toContain('AAAA');
  });

  test('[P8] a request beyond its limit is RESOURCE_EXHAUSTED, 101 elements are INVALID_ARGUMENT', async () => {
    expect((await call(SEND, Buffer.alloc(200_000, 0x0a))).status).toBe(
      GrpcStatus.RESOURCE_EXHAUSTED,
    );
    expect((await call(SEND, Buffer.alloc(300_000))).status).toBe(GrpcStatus.RESOURCE_EXHAUSTED);
    const userIds = Array.from({ length: 101 }, () => 'u');
    await expect(anna.users.batchGetUsers({ userIds })).rejects.toMatchObject({ code: 'TOO_MANY' });
  });

  test('[P18] unknown methods, services and paths are UNIMPLEMENTED', async () => {
    const paths = [
      'chat.v1.MessageService/Nothing',
      'chat.v1.Nothing/SendMessage',
      '',
      '..',
      '__proto__/constructor',
      `${'x'.repeat(10_000)}/y`,
    ];
    const answers = [];
    for (const path of paths) answers.push((await call(path, Buffer.alloc(0))).status);
    expect(new Set(answers)).toEqual(new Set<number>([GrpcStatus.UNIMPLEMENTED]));
  });

  test('[P18] exactly the methods of the list are not served yet', async () => {
    const unserved = [];
    for (const service of services) {
      for (const method of Object.values(service.methods)) {
        if (method.requestStream) continue; // opened below
        const path = `${service.fullName}/${method.name}`;
        const answer = await call(path, Buffer.alloc(0), new Metadata());
        if (answer.status === GrpcStatus.UNIMPLEMENTED) unserved.push(path);
      }
    }
    const streams = ['chat.v1.MediaService/UploadMedia'];
    expect(new Set([...unserved, ...streams])).toEqual(new Set(UNIMPLEMENTED_METHODS));
  });

  test('[DOOR2] [P19] a deadline in the past is DEADLINE_EXCEEDED and nothing is left', async () => {
    const late = anna.messages.listEntries({ roomId: 'r' }, { deadlineMs: 0 });
    await expect(late).rejects.toMatchObject({ code: 'DEADLINE' });
  });

  test('[DOOR3] [P20] too much metadata is refused, two tokens that differ are no token', async () => {
    const big = bearer();
    big.set('x-big', 'x'.repeat(9_000));
    expect((await call(SEND, Buffer.alloc(0), big)).status).toBe(GrpcStatus.RESOURCE_EXHAUSTED);
    const many = bearer();
    for (let index = 0; index < 70; index += 1) many.set(`x-${index}`, 'x');
    expect((await call(SEND, Buffer.alloc(0), many)).status).toBe(GrpcStatus.RESOURCE_EXHAUSTED);
    const two = bearer();
    two.set('token', 'another');
    expect((await call(SEND, Buffer.alloc(0), two)).status).toBe(GrpcStatus.UNAUTHENTICATED);
  });

  test('[AUTH5] [P21] without a token every method but the anonymous ones is UNAUTHENTICATED', async () => {
    const open = [];
    for (const service of services) {
      for (const method of Object.values(service.methods)) {
        const path = `${service.fullName}/${method.name}`;
        if (method.requestStream || UNIMPLEMENTED_METHODS.includes(path)) continue;
        const answer = await call(path, Buffer.alloc(0), new Metadata());
        if (answer.status !== GrpcStatus.UNAUTHENTICATED) open.push(method.name);
      }
    }
    // Login and RefreshSession are open too; an empty request is UNAUTHENTICATED there for its own reason.
    expect(open.toSorted()).toEqual(['CreateGuest', 'ListPublicRooms', 'PreviewRoom', 'Register']);
  });

  test('random bytes on every method leave the server up', async () => {
    let seed = 7;
    const next = () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fff_ffff);
    for (const service of services) {
      for (const method of Object.values(service.methods)) {
        const bytes = Buffer.from(Array.from({ length: next() % 200 }, () => next() & 0xff));
        const answer = await call(`${service.fullName}/${method.name}`, bytes);
        expect<number[]>([GrpcStatus.INTERNAL, GrpcStatus.UNKNOWN]).not.toContain(answer.status);
      }
    }
    expect(await anna.send((await newRoom(anna)).roomId, messageId())).toBeGreaterThan(0);
  });
});
