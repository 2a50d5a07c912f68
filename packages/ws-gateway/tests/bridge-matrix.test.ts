import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Server } from '@grpc/grpc-js';
import type { BridgeMethod } from '../src/ports/router.ts';
import type { CodecName } from '../src/ports/edge-call.ts';
import { connectBridge } from './bridge-client.ts';
import { callDirectly, type CallPlan } from './bridge-direct.ts';
import { METHODS, startTestGateway, startTestService, type TestGateway } from './bridge-fixture.ts';
import { message, SCENARIOS, type Outcome } from './bridge-scenarios.ts';

let gateway: TestGateway;
let server: Server;
let address: string;
let onSeen: () => void = () => undefined;
let onGone: () => void = () => undefined;

beforeAll(async () => {
  const service = await startTestService((call) => {
    const scenario = String(call.metadata.get('x-scenario')[0]);
    const streams = /ServerStream|Bidi/.test(call.getPath());
    call.on('cancelled', () => onGone());
    onSeen();
    SCENARIOS[scenario]?.(call, streams);
  });
  ({ address, server } = service);
  // The matrix sends in a second what a person does not; rates have tests of their own.
  gateway = await startTestGateway([address], {
    limits: { callStarts: { perSecond: 10_000, burst: 10_000 } },
  });
});

afterAll(async () => {
  await gateway.close();
  server.forceShutdown();
});

async function callBridge(
  codec: CodecName,
  method: BridgeMethod,
  plan: CallPlan,
): Promise<Outcome> {
  const client = await connectBridge(gateway.url, codec);
  client.send({
    callId: 1,
    start: {
      method: method.path,
      metadata: [{ name: 'x-scenario', value: plan.scenario }],
      timeoutMs: plan.timeoutMs,
      initialCredit: 0,
    },
  });
  for (const request of plan.requests) client.send({ callId: 1, message: request });
  if (plan.cancelWhenSeen === undefined) client.send({ callId: 1, end: true });
  else {
    // A single request reaches the service only with its end.
    if (!method.requestStream) client.send({ callId: 1, end: true });
    await plan.cancelWhenSeen;
    client.send({ callId: 1, cancel: { reason: 'test' } });
  }
  const frames = await client.finished(1);
  client.close();
  const status = frames.at(-1)?.status;
  const lines = (headers: readonly { name: string; value: string }[] | undefined): string[] =>
    (headers ?? []).map(({ name, value }) => `${name}: ${value}`);
  return {
    messages: frames.flatMap((frame) =>
      frame.message === undefined ? [] : [Buffer.from(frame.message).toString('hex')],
    ),
    code: status?.code ?? -1,
    text: status?.message ?? '',
    headers: lines(frames.find((frame) => frame.headers !== undefined)?.headers?.metadata),
    trailers: lines(status?.trailers),
    details: (status?.details ?? []).map(({ type }) => type),
  };
}

const CODECS = ['proto', 'json'] as const;
const matrix = CODECS.flatMap((codec) =>
  METHODS.map((method) => ({ codec, method, kind: method.path.split('/')[1] ?? '' })),
);

describe.each(matrix)('$kind in $codec', ({ codec, method }) => {
  const requests = method.requestStream ? ['a', 'b', 'c'].map(message) : [message('a')];
  const plan = { requests, timeoutMs: 0, cancelWhenSeen: undefined };

  test.each([
    'ok',
    'error before messages',
    'error after messages',
    'empty message',
    'early status',
  ])('[ERR1] [CALL11] is what a direct client sees: %s', async (scenario) => {
    const direct = await callDirectly(address, method, { ...plan, scenario });
    const bridged = await callBridge(codec, method, { ...plan, scenario });
    if (scenario === 'error after messages' && method.responseStream) {
      const all = Array.from({ length: 40 }, (_, n) =>
        message(`before ${String(n)}`).toString('hex'),
      );
      expect(bridged.messages).toEqual(all);
    }
    if (scenario === 'early status') {
      // Whether headers are told apart from trailers is a race in the direct client alone.
      const still = { messages: [], headers: [] };
      expect(bridged.messages).toHaveLength(method.responseStream ? 1 : 0);
      expect({ ...bridged, ...still }).toEqual({ ...direct, ...still });
      return;
    }
    expect(bridged).toEqual(direct);
  });

  test('[CALL3] a response without a message is what a direct client sees', async () => {
    const direct = await callDirectly(address, method, { ...plan, scenario: 'no message' });
    const bridged = await callBridge(codec, method, { ...plan, scenario: 'no message' });
    expect(bridged.code).toBe(direct.code);
    if (method.responseStream) expect(bridged).toEqual(direct);
  });

  test('[CALL3] a second response to a method with one ends the call', async () => {
    const bridged = await callBridge(codec, method, { ...plan, scenario: 'two messages' });
    // grpc-js's own unary call never ends here: it reads once and waits for what it does not read.
    expect(bridged.code).toBe(method.responseStream ? 0 : 12);
    expect(bridged.messages).toHaveLength(method.responseStream ? 2 : 0);
  });

  test('[CALL8] ends DEADLINE_EXCEEDED like a direct client, without the local text', async () => {
    const slow = { ...plan, scenario: 'never answers', timeoutMs: 50 };
    const direct = await callDirectly(address, method, slow);
    const bridged = await callBridge(codec, method, slow);
    expect(bridged.code).toBe(direct.code);
    expect(bridged.code).toBe(4);
    expect(bridged.text).toBe('not answered in time');
  });

  test('[CALL5] cancel ends the call and cancels it upstream at once', async () => {
    const direct = await callDirectly(address, method, {
      ...plan,
      scenario: 'never answers',
      cancelWhenSeen: new Promise((resolve) => (onSeen = resolve)),
    });
    const gone = new Promise<void>((resolve) => (onGone = resolve));
    const bridged = await callBridge(codec, method, {
      ...plan,
      scenario: 'never answers',
      cancelWhenSeen: new Promise((resolve) => (onSeen = resolve)),
    });
    await gone;
    expect(bridged.code).toBe(direct.code);
    expect(bridged.code).toBe(1);
  });

  test('[CALL6] a lost socket cancels the call upstream', async () => {
    const seen = new Promise<void>((resolve) => (onSeen = resolve));
    const gone = new Promise<void>((resolve) => (onGone = resolve));
    const client = await connectBridge(gateway.url, codec);
    client.send({
      callId: 1,
      start: {
        method: method.path,
        metadata: [{ name: 'x-scenario', value: 'never answers' }],
        timeoutMs: 0,
        initialCredit: 0,
      },
      message: message('a'),
    });
    if (!method.requestStream) client.send({ callId: 1, end: true });
    await seen;
    client.socket.terminate();
    await gone;
  });
});
