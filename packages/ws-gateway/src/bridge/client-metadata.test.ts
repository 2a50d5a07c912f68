import { expect, test } from '@jest/globals';
import { ProtocolError } from '@chat/protocol';
import { fromClientHeaders } from './client-metadata.ts';

const header = (name: string, value = 'v') => ({ name, value });

test.each([
  'x-anything',
  'traceparent',
  'tracestate',
  'baggage',
  'accept-language',
  'idempotency-key',
  'token',
])('[CALL9] a client may set %s', (name) => {
  expect(fromClientHeaders([header(name)]).get(name)).toEqual(['v']);
});

test('[CALL9] names are lower-cased, values of -bin names are base64', () => {
  const metadata = fromClientHeaders([header('X-Name'), header('x-raw-bin', 'AP8=')]);
  expect(metadata.get('x-name')).toEqual(['v']);
  expect(metadata.get('x-raw-bin')).toEqual([Buffer.from([0, 255])]);
});

test.each([
  header('authorization'),
  header('cookie'),
  header('host'),
  header('te'),
  header('connection'),
  header('content-type'),
  header('grpc-timeout', '1S'),
  header(':path', '/x'),
  header('x-forwarded-for'),
  header('X-Forwarded-Host'),
  header('x-internal-user'),
  header('user-agent'),
  header('__proto__'),
  header('x name'),
  header('x-näme'),
  header(''),
  header('x-a', 'line\nbreak'),
  header('x-a', 'ünïcode'),
  header('x-a-bin', 'not base64!'),
])('[CALL9] $name: $value is refused', (bad) => {
  expect(() => fromClientHeaders([bad])).toThrow(
    expect.objectContaining({
      code: 'BAD_FIELD',
      field: expect.stringContaining('start.metadata'),
    }),
  );
});

test('[CALL9] more than 64 entries or 8 KiB are refused', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => header(`x-${String(n)}`));
  expect(() => fromClientHeaders(many(64))).not.toThrow();
  expect(() => fromClientHeaders(many(65))).toThrow(ProtocolError);
  expect(() => fromClientHeaders([header('x-a', 'v'.repeat(8_189))])).not.toThrow();
  expect(() => fromClientHeaders([header('x-a', 'v'.repeat(8_190))])).toThrow(ProtocolError);
});
