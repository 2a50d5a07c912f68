import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { credentials, makeClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';
import { createServer, defaultServerConfig } from '../../src/index.ts';
import { Closing, codeOf, guest, anonymous, newRoom, startServer } from './kit.ts';

const run = promisify(execFile);
const BUF = fileURLToPath(new URL('../../../../node_modules/.bin/buf', import.meta.url));

describe('the doors beside the services', () => {
  let closing: Closing;
  beforeEach(() => {
    closing = new Closing();
  });
  afterEach(() => closing.close());

  async function buf(...args: string[]): Promise<string> {
    const { stdout } = await run(BUF, [
      'curl',
      '--protocol',
      'grpc',
      '--http2-prior-knowledge',
      ...args,
    ]);
    return stdout;
  }

  test('reflection lists methods and calls one, as buf curl does it', async () => {
    const server = closing.add(await startServer(), (it) => it.close());
    const url = `http://${server.address}`;
    const methods = (await buf(url, '--list-methods')).split('\n');
    expect(methods).toEqual(
      expect.arrayContaining([
        'chat.v1.RoomService/ListPublicRooms',
        'chat.v1.ChatService/Chat',
        'relay.v1.RelayService/Relay',
      ]),
    );
    const answer: unknown = JSON.parse(
      await buf('-d', '{"limit":5}', `${url}/chat.v1.RoomService/ListPublicRooms`),
    );
    expect(answer).toMatchObject({ rooms: [{ name: 'welcome', kind: 'ROOM_KIND_PUBLIC' }] });
  }, 30_000);

  test('[P30] reflection can be switched off', async () => {
    const server = closing.add(await startServer({ reflection: false }), (it) => it.close());
    await expect(buf(`http://${server.address}`, '--list-methods')).rejects.toThrow();
  }, 30_000);

  test('health says SERVING while it serves, for each service', async () => {
    const server = closing.add(await startServer(), (it) => it.close());
    const Health = makeClientConstructor(healthService, 'Health');
    const client = closing.add(new Health(server.address, credentials.createInsecure()), (it) =>
      it.close(),
    );
    const check = (service: string) =>
      new Promise((resolve) => {
        const done = (error: ServiceError | null, answer: unknown) =>
          resolve(error?.code ?? answer);
        client['check']?.({ service }, done);
      });
    expect(await check('')).toEqual({ status: 'SERVING' });
    expect(await check('chat.v1.ChatService')).toEqual({ status: 'SERVING' });
    expect(await check('nothing')).toBe(5);
  });

  test('metrics are served on their own door, and nothing else there', async () => {
    const server = closing.add(await startServer({ metricsListen: '127.0.0.1:0' }), (it) =>
      it.close(),
    );
    const anna = await guest(server, closing);
    await anna.send((await newRoom(anna)).roomId, 'x');
    const base = `http://127.0.0.1:${server.metricsPort}`;
    const text = await (await fetch(`${base}/metrics`)).text();
    expect(text).toMatch(/chat_entries_committed_total [1-9]/);
    expect((await fetch(`${base}/other`)).status).toBe(404);
  });

  test('an address in use fails the start and frees the store', async () => {
    const first = closing.add(await startServer(), (it) => it.close());
    const taken = { ...defaultServerConfig(), grpcListen: first.address, metricsListen: '' };
    await expect(createServer({ ...taken, store: 'memory', logLevel: 'silent' })).rejects.toThrow();
  });

  test('[G1] what was accepted is there after a clean end and a new start', async () => {
    const { mkdtemp, rm } = await import('node:fs/promises');
    const dataDir = await mkdtemp('/tmp/chat-server-');
    closing.add(dataDir, (path) => rm(path, { recursive: true }));
    const first = await startServer({ store: 'sqlite', dataDir });
    const anna = await guest(first, closing);
    const { roomId } = await newRoom(anna);
    const seq = await anna.send(roomId, 'kept');
    await first.close();
    const second = closing.add(await startServer({ store: 'sqlite', dataDir }), (it) => it.close());
    expect(second.store.epoch).toBe(first.store.epoch);
    const page = await second.store.log.readEntries({
      roomId: roomId as never,
      readerId: undefined,
      anchor: { at: 'newest' },
      limit: 1,
    });
    expect(page).toMatchObject({ ok: true, value: { headSeq: seq } });
    const { rooms } = await anonymous(second, closing).rooms.listPublicRooms({});
    expect(rooms.filter(({ name }) => name === 'welcome')).toHaveLength(1);
  });

  test('people are held to a rate: a send beyond the burst says when to come back', async () => {
    const server = closing.add(await startServer({ rateLimits: true }), (it) => it.close());
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const codes = [];
    for (let index = 0; index < 12; index += 1) codes.push(await codeOf(anna.send(roomId, 'x')));
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'OK'));
    expect(codes).toContain('RATE_LIMITED');
    const limited = anna.send(roomId, 'x');
    await expect(limited).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    await limited.catch((error: { retryAfterMs: number }) => {
      expect(error.retryAfterMs).toBeGreaterThan(0);
      expect(error.retryAfterMs).toBeLessThanOrEqual(1_000);
    });
    const preview = () => codeOf(anna.rooms.previewRoom({ code: '00000000' }));
    const lookups = [];
    for (let index = 0; index < 22; index += 1) lookups.push(await preview());
    expect(lookups.at(0)).toBe('NOT_FOUND');
    expect(lookups.at(-1)).toBe('RATE_LIMITED');
  });
});
