import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Server } from '@grpc/grpc-js';
import { encodeClientFrame, bridge } from '@chat/protocol';
import { connectBridge } from './bridge-client.ts';
import { startTestGateway, startTestService, type TestGateway } from './bridge-fixture.ts';
import { connectRaw, rawFrame } from './bridge-raw.ts';
import { message } from './bridge-scenarios.ts';

let gateway: TestGateway;
let server: Server;
let upstreamCalls = 0;

beforeAll(async () => {
  const service = await startTestService((call) => {
    upstreamCalls += 1;
    call.on('data', (bytes: Buffer) => call.write(bytes));
    call.on('end', () => call.end());
  });
  server = service.server;
  gateway = await startTestGateway([service.address]);
});

afterAll(async () => {
  await gateway.close();
  server.forceShutdown();
});

const PROTO = 'grpc-bridge.v1.proto';
const JSON_PROTOCOL = 'grpc-bridge.v1.json';
const FIN_TEXT = 0x81;
const FIN_BINARY = 0x82;
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
const hello = Buffer.from(
  encodeClientFrame({ control: { $case: 'hello', value: bridge.Hello.fromPartial({}) } }),
);
const startUnary = {
  method: 'test.v1.Test/Unary',
  metadata: [],
  timeoutMs: 0,
  initialCredit: 0,
};

/** Another client is served as if nothing had happened. */
async function expectOthersServed(): Promise<void> {
  const client = await connectBridge(gateway.url, 'proto');
  client.send({ callId: 1, start: startUnary, message: message('still here'), end: true });
  expect((await client.finished(1)).at(-1)?.status?.code).toBe(0);
  client.close();
  await client.closed;
}

const masked = (first: number, payload: Buffer): Buffer => rawFrame(first, payload);

describe('WebSocket frames', () => {
  test.each([
    ['F1', 'an unmasked frame', 1002, [rawFrame(FIN_BINARY, hello, { masked: false })]],
    ['F2', 'RSV1 without an extension', 1002, [masked(0xc2, hello)]],
    ['F2', 'RSV2', 1002, [masked(0xa2, hello)]],
    ['F2', 'RSV3', 1002, [masked(0x92, hello)]],
    ['F3', 'opcode 3', 1002, [masked(0x83, hello)]],
    ['F3', 'opcode 11', 1002, [masked(0x8b, hello)]],
    ['F4', 'bad UTF-8', 1007, [masked(FIN_TEXT, hex('c3 28'))]],
    ['F4', 'a CESU surrogate', 1007, [masked(FIN_TEXT, hex('ed a0 80'))]],
    [
      'F4',
      'bad UTF-8 over two fragments',
      1007,
      [masked(0x01, hex('c3')), masked(0x80, hex('28'))],
    ],
    ['F4', 'an overlong form', 1007, [masked(FIN_TEXT, hex('c0 80'))]],
    ['F4', 'above U+10FFFF', 1007, [masked(FIN_TEXT, hex('f4 90 80 80'))]],
    ['F5', 'a continuation of nothing', 1002, [masked(0x80, hello)]],
    [
      'F5',
      'a new message inside a fragmented one',
      1002,
      [masked(0x02, hello), masked(FIN_BINARY, hello)],
    ],
    ['F6', 'a fragmented ping', 1002, [masked(0x09, hex('00'))]],
    ['F6', 'a ping of 126 bytes', 1002, [masked(0x89, Buffer.alloc(126))]],
    ['F7', 'a close with 1005', 1002, [masked(0x88, hex('03 ed'))]],
    ['F7', 'a close of one byte', 1002, [masked(0x88, hex('03'))]],
    ['F7', 'a close with a bad reason', 1007, [masked(0x88, hex('03 e8 c3 28'))]],
    [
      'F8',
      'a length of 2^40',
      1009,
      [rawFrame(FIN_BINARY, Buffer.alloc(0), { claimedLength: 2n ** 40n })],
    ],
    [
      'F8',
      'a length of 2^63',
      1009,
      [rawFrame(FIN_BINARY, Buffer.alloc(0), { claimedLength: 2n ** 63n })],
    ],
    ['F8', 'a length of 65,537', 1009, [masked(FIN_BINARY, Buffer.alloc(65_537))]],
    [
      'F9',
      'a message of 65 fragments',
      1008,
      [masked(0x02, hex('00')), ...Array.from({ length: 64 }, () => masked(0x00, hex('00')))],
    ],
    [
      'F14',
      'a text message on the binary subprotocol',
      1003,
      [masked(FIN_TEXT, Buffer.from('{}'))],
    ],
    ['F15', 'a compressed frame', 1002, [masked(0xc2, hex('aa 56 4a 2d 2a ca 2f'))]],
  ] as const)('[FRM1] [FRM5] [LIM2] %s: %s closes with %d', async (_row, _what, code, frames) => {
    const raw = await connectRaw(gateway.url, PROTO);
    raw.send(Buffer.concat(frames));
    expect((await raw.closed).code).toBe(code);
    await expectOthersServed();
  });

  test('[FRM5] F14: a binary message on the JSON subprotocol closes with 1003', async () => {
    const raw = await connectRaw(gateway.url, JSON_PROTOCOL);
    raw.send(masked(FIN_BINARY, hello));
    expect((await raw.closed).code).toBe(1003);
  });

  test('[FRM1] F13: data after a close frame is ignored', async () => {
    const before = upstreamCalls;
    const call = encodeClientFrame({
      callId: 1,
      start: startUnary,
      message: message('late'),
      end: true,
    });
    const raw = await connectRaw(gateway.url, PROTO);
    raw.send(
      Buffer.concat([
        masked(FIN_BINARY, hello),
        masked(0x88, hex('03 e8')),
        masked(FIN_BINARY, Buffer.from(call)),
      ]),
    );
    expect((await raw.closed).code).toBe(1000);
    expect(upstreamCalls).toBe(before);
  });

  test('[FRM1] F17: the same bytes in one segment and one by one have the same effect', async () => {
    const call = encodeClientFrame({
      callId: 1,
      start: startUnary,
      message: message('x'),
      end: true,
    });
    const bytes = Buffer.concat([
      masked(FIN_BINARY, hello),
      masked(FIN_BINARY, Buffer.from(call)),
      masked(0x88, hex('03 e8')),
    ]);
    for (const step of [bytes.length, 1]) {
      const raw = await connectRaw(gateway.url, PROTO);
      raw.socket.setNoDelay(true);
      for (let offset = 0; offset < bytes.length; offset += step) {
        raw.send(bytes.subarray(offset, offset + step));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await raw.closed).code).toBe(1000);
    }
  });

  test('[LIM2] F11: pings that are answered close with 4002 when there are too many', async () => {
    const raw = await connectRaw(gateway.url, PROTO);
    const ping = masked(0x89, Buffer.alloc(0));
    raw.socket.on('data', () => raw.send(ping));
    raw.send(ping);
    expect((await raw.closed).code).toBe(4002);
  });

  test('[LIM2] F11: pings sent without reading the answers end the connection', async () => {
    const raw = await connectRaw(gateway.url, PROTO);
    const ping = masked(0x89, Buffer.alloc(125));
    raw.send(Buffer.concat(Array.from({ length: 200 }, () => ping)));
    expect([1006, 1008, 4002]).toContain((await raw.closed).code);
  });

  test('[LIM2] F12: a flood of unasked pongs closes with 4002', async () => {
    const raw = await connectRaw(gateway.url, PROTO);
    raw.send(Buffer.concat(Array.from({ length: 200 }, () => masked(0x8a, Buffer.alloc(0)))));
    expect((await raw.closed).code).toBe(4002);
  });
});

describe('binary frames', () => {
  const callStart = Buffer.from(encodeClientFrame({ callId: 1, start: startUnary }));
  test.each([
    ['FRM1', 'an empty message', 'EMPTY', Buffer.alloc(0)],
    ['FRM6', 'a truncated field', 'BAD_FRAME', callStart.subarray(0, callStart.length - 3)],
    ['FRM6', 'a varint of 11 bytes', 'BAD_FRAME', hex('08 ff ff ff ff ff ff ff ff ff ff 01')],
    ['FRM6', 'tag 0', 'BAD_FRAME', hex('00 00')],
    ['FRM6', 'wire type 7', 'BAD_FRAME', hex('0f 00')],
    ['FRM6', 'a length of 4 GiB', 'BAD_FRAME', hex('08 01 4a ff ff ff ff 0f')],
    ['FRM6', 'bad UTF-8 in a string', 'BAD_FRAME', hex('08 01 42 04 0a 02 c3 28')],
    ['FRM6', 'another wire type than declared', 'BAD_FRAME', hex('08 01 48 05')],
    ['FRM3', 'a call part without a call', 'CALL_PART_WITHOUT_CALL_ID', hex('4a 00')],
    ['FRM3', 'a control in a call', 'CONTROL_IN_CALL', hex('08 01 22 00')],
    ['FRM1', 'a call frame without parts', 'EMPTY', hex('08 01')],
    ['FRM4', 'a JSON body', 'BODY_IN_PROTO_FRAME', hex('08 01 52 02 20 01')],
    ['CALL5', 'a cancel that does not stand alone', 'CANCEL_NOT_ALONE', hex('08 01 58 01 62 00')],
    ['CALL1', 'a frame for a call that was never started', 'CALL_NOT_STARTED', hex('08 07 58 01')],
    ['HS3', 'a second Hello', 'HELLO_TWICE', hello],
  ] as const)('[%s] %s closes 4501 %s', async (_rule, _what, reason, bytes) => {
    const client = await connectBridge(gateway.url, 'proto');
    client.socket.send(bytes);
    expect(await client.closed).toEqual({ code: 4501, reason });
    await expectOthersServed();
  });

  test('[FRM6] a frame nested 200 deep closes with 4501', async () => {
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 200; depth += 1) {
      const inner = nested;
      const length =
        inner.length < 128 ? [inner.length] : [(inner.length & 0x7f) | 0x80, inner.length >> 7];
      nested = Buffer.concat([Buffer.from([0x32, ...length]), inner]);
      const list =
        nested.length < 128 ? [nested.length] : [(nested.length & 0x7f) | 0x80, nested.length >> 7];
      nested = Buffer.concat([Buffer.from([0x0a, ...list]), nested]);
    }
    const size = [(nested.length & 0x7f) | 0x80, nested.length >> 7];
    const client = await connectBridge(gateway.url, 'proto');
    client.socket.send(Buffer.concat([hex('08 01 52'), Buffer.from(size), nested]));
    expect((await client.closed).code).toBe(4501);
  });

  test('[CALL1] a call id that was used closes with 4501; frames of an ended call are ignored', async () => {
    const client = await connectBridge(gateway.url, 'proto');
    client.send({ callId: 5, start: startUnary, message: message('a'), end: true });
    await client.finished(5);
    client.send({ callId: 5, message: message('late') });
    client.send({ callId: 5, cancel: { reason: '' } });
    client.send({ callId: 6, start: startUnary, message: message('a'), end: true });
    expect((await client.finished(6)).at(-1)?.status?.code).toBe(0);
    client.send({ callId: 5, start: startUnary });
    expect(await client.closed).toEqual({ code: 4501, reason: 'CALL_ID_REUSED' });
  });

  test('[LIM2] a frame above 64 KiB passes only inside a call to a method that allows it', async () => {
    const client = await connectBridge(gateway.url, 'proto');
    const upload = { ...startUnary, method: 'test.v1.Test/ClientStream' };
    client.send({ callId: 1, start: upload });
    client.send({ callId: 1, message: message('z'.repeat(100_000)) });
    client.send({ callId: 1, end: true });
    expect((await client.finished(1)).at(-1)?.status?.code).toBe(0);
    client.send({ callId: 2, start: { ...startUnary, method: 'test.v1.Test/Bidi' } });
    client.send({ callId: 2, message: message('z'.repeat(100_000)) });
    expect((await client.closed).code).toBe(1009);
  });
});

describe('JSON frames', () => {
  const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  test.each([
    ['J1', 'not JSON', 'BAD_JSON', 'hello'],
    ['J1', 'NaN', 'BAD_JSON', '{"callId":NaN}'],
    ['J1', 'single quotes', 'BAD_JSON', "{'callId':1}"],
    ['J1', 'a comment', 'BAD_JSON', '{"callId":1/*x*/}'],
    ['J1', 'a trailing comma', 'BAD_JSON', '{"callId":1,}'],
    ['J1', 'a byte order mark', 'BAD_JSON', '\ufeff{"callId":1}'],
    ['J1', 'two documents', 'BAD_JSON', '{}{}'],
    ['J2', 'an array', 'BAD_FRAME', '[]'],
    ['J2', 'null', 'BAD_FRAME', 'null'],
    ['J2', 'a string', 'BAD_FRAME', '"x"'],
    ['J3', 'nesting of 30,000', 'TOO_DEEP', `{"callId":1,"body":${deep(30_000)}}`],
    ['J3', 'nesting of 101', 'TOO_DEEP', `{"callId":1,"body":${deep(100)}}`],
    ['J4', 'a duplicate key', 'DUPLICATE_KEY', '{"callId":1,"callId":2,"end":true}'],
    ['J5', '__proto__', 'UNKNOWN_FIELD', '{"__proto__":{},"callId":1,"end":true}'],
    ['J5', 'constructor', 'UNKNOWN_FIELD', '{"constructor":{},"callId":1,"end":true}'],
    ['J6', 'an unknown field', 'UNKNOWN_FIELD', '{"callId":1,"end":true,"x":1}'],
    ['J7', 'a number out of range', 'BAD_FRAME', '{"callId":1e400,"end":true}'],
    ['J7', 'a fraction', 'BAD_FRAME', '{"callId":1.5,"end":true}'],
    ['J7', 'a negative id', 'BAD_FRAME', '{"callId":-1,"end":true}'],
    ['J7', 'true for 1', 'BAD_FRAME', '{"callId":true,"end":true}'],
    ['J8', 'a lone surrogate', 'BAD_TEXT', '{"callId":1,"body":{"roomId":"\\ud800"}}'],
    ['J11', 'a wrong type', 'BAD_FRAME', '{"callId":1,"end":"yes"}'],
    ['J12', 'no known part', 'EMPTY', '{}'],
    ['F16', 'an empty text', 'EMPTY', ''],
    ['F16', 'message bytes', 'MESSAGE_IN_JSON_FRAME', '{"callId":1,"message":"AAAA"}'],
  ] as const)('[FRM1] [FRM4] %s: %s closes 4501 %s', async (_row, _what, reason, text) => {
    const client = await connectBridge(gateway.url, 'json');
    client.socket.send(text);
    expect(await client.closed).toEqual({ code: 4501, reason });
    await expectOthersServed();
  });

  test('[FRM1] J3: nesting of 100 is read', async () => {
    const client = await connectBridge(gateway.url, 'json');
    const start = JSON.stringify(startUnary);
    client.socket.send(`{"callId":1,"start":${start},"body":${deep(99)},"end":true}`);
    expect((await client.finished(1)).at(-1)?.status?.code).toBe(3);
    client.close();
  });

  test.each([
    ['J6', 'an unknown field', '{"roomId":"a","x":1}', 'x'],
    ['J7', 'a number for a string', '{"roomId":5}', 'room_id'],
    ['J11', 'a wrong type', '{"typing":"yes"}', 'typing'],
    ['J2', 'an array', '[]', ''],
    ['J2', 'null', 'null', ''],
  ] as const)(
    '[CALL10] %s: %s in a request is INVALID_ARGUMENT with its path',
    async (_row, _what, body, path) => {
      const client = await connectBridge(gateway.url, 'json');
      const before = upstreamCalls;
      client.socket.send(
        `{"callId":1,"start":${JSON.stringify(startUnary)},"body":${body},"end":true}`,
      );
      const status = (await client.finished(1)).at(-1)?.status;
      expect(status).toMatchObject({ code: 3, origin: 2, notProcessed: true });
      const bad = status?.details.find(({ type }) => type === 'google.rpc.BadRequest');
      expect(JSON.stringify(bad?.debug ?? {})).toContain(path);
      expect(bad?.debug?.fieldViolations?.[0]?.field ?? '').toBe(path);
      expect(upstreamCalls).toBe(before);
      client.close();
    },
  );

  test('[FRM4] the field names of the schema are read like their camel case', async () => {
    const client = await connectBridge(gateway.url, 'json');
    client.socket.send(
      '{"call_id":1,"start":{"method":"test.v1.Test/Unary"},"body":{"room_id":"a"},"end":true}',
    );
    const [frame] = await client.finished(1);
    expect(Buffer.from(frame?.message ?? [])).toEqual(message('a'));
    client.close();
  });
});

test('[FRM1] random bytes never crash the gateway and never reach a service', async () => {
  const before = upstreamCalls;
  let seed = 42;
  const random = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648);
  for (let round = 0; round < 150; round += 1) {
    const bytes = Buffer.from(Array.from({ length: random() % 200 }, () => random() % 256));
    const client = await connectBridge(gateway.url, round % 2 === 0 ? 'proto' : 'json');
    client.socket.send(round % 2 === 0 ? bytes : bytes.toString('latin1'));
    client.close();
    await client.closed;
  }
  expect(upstreamCalls).toBe(before);
  await expectOthersServed();
}, 20_000);
