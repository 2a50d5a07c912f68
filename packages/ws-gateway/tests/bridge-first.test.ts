import { afterEach, expect, test } from '@jest/globals';
import type { Server } from '@grpc/grpc-js';
import { SetTyping } from '@chat/protocol';
import { connectBridge } from './bridge-client.ts';
import { startTestGateway, startTestService, type TestGateway } from './bridge-fixture.ts';

let gateway: TestGateway | undefined;
let server: Server | undefined;

afterEach(async () => {
  await gateway?.close();
  server?.forceShutdown();
});

const hello = SetTyping.encode(SetTyping.fromPartial({ roomId: 'hello', typing: true })).finish();

test.each(['proto', 'json'] as const)(
  '[CALL2] a unary call is one frame each way in %s',
  async (codec) => {
    const service = await startTestService((call) => {
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
    });
    server = service.server;
    gateway = await startTestGateway([service.address]);
    const client = await connectBridge(gateway.url, codec);
    client.send({
      callId: 1,
      start: { method: 'test.v1.Test/Unary', metadata: [], timeoutMs: 0, initialCredit: 0 },
      message: hello,
      end: true,
    });
    const frames = await client.finished(1);
    expect(frames).toHaveLength(1);
    expect(frames[0]?.status).toMatchObject({ code: 0, origin: 1 });
    expect(Buffer.from(frames[0]?.message ?? [])).toEqual(Buffer.from(hello));
    client.close();
  },
);

test.each(['proto', 'json'] as const)(
  '[CALL2] a bidirectional call echoes each message in %s',
  async (codec) => {
    const service = await startTestService((call) => {
      call.on('data', (message: Buffer) => call.write(message));
      call.on('end', () => call.end());
    });
    server = service.server;
    gateway = await startTestGateway([service.address]);
    const client = await connectBridge(gateway.url, codec);
    client.send({
      callId: 1,
      start: { method: 'test.v1.Test/Bidi', metadata: [], timeoutMs: 0, initialCredit: 0 },
    });
    client.send({ callId: 1, message: hello });
    const echo = await client.next((frame) => frame.message !== undefined);
    expect(Buffer.from(echo.message ?? [])).toEqual(Buffer.from(hello));
    client.send({ callId: 1, message: hello });
    client.send({ callId: 1, end: true });
    const frames = await client.finished(1);
    expect(frames.filter((frame) => frame.message !== undefined)).toHaveLength(2);
    client.close();
  },
);
