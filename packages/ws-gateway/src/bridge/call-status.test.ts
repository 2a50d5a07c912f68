import { describe, expect, test } from '@jest/globals';
import { ProtocolError, rpc } from '@chat/protocol';
import { descriptorSet } from '@chat/protocol/grpc';
import { Metadata } from '@grpc/grpc-js';
import { createTypeRegistry } from '../codec/type-registry.ts';
import { isLocalStatus, isNotProcessed } from '../upstream/local-status.ts';
import { createCallStatuses } from './call-status.ts';

const statuses = createCallStatuses(createTypeRegistry(descriptorSet()));

function upstream(code: number, details: string, metadata = new Metadata()) {
  const status = { code, details, metadata };
  return {
    ...status,
    madeLocally: isLocalStatus(status),
    notProcessed: isNotProcessed(status),
  };
}

describe('[ERR2] [ERR3] texts that grpc-js makes never reach a client', () => {
  test.each([
    [
      14,
      'No connection established. Last error: Error: connect ECONNREFUSED 10.0.0.7:50051',
      14,
      true,
    ],
    [14, 'Name resolution failed for target dns:chat.internal:50051', 14, true],
    [14, 'Stream refused by server', 14, true],
    [14, 'Connection dropped', 14, false],
    [14, 'read ECONNRESET', 14, false],
    [4, 'Deadline exceeded after 0.051s,LB pick: 0.002s,remote_addr=10.0.0.7:50051', 4, false],
    [8, 'Received message larger than max (5000000 vs 4194304)', 8, false],
    [8, 'Attempted to send message with a size larger than 262144', 8, false],
    [13, 'Received RST_STREAM with code 2 (Internal server error)', 13, false],
    [1, 'Call cancelled', 14, false],
  ])('%d %s', (code, text, seen, notProcessed) => {
    const status = statuses.fromUpstream(upstream(code, text));
    expect(status).toMatchObject({ code: seen, notProcessed, origin: 2 });
    expect(status.message).not.toMatch(/\d{2,}|internal:|RST/);
  });
});

describe('[ERR1] what a service says passes through', () => {
  test.each([
    [3, 'room_id is not valid'],
    [5, 'not found'],
    [14, 'the store does not take writes now'],
    [13, 'internal error 4711'],
  ])('%d %s', (code, message) => {
    expect(statuses.fromUpstream(upstream(code, message))).toMatchObject({
      code,
      message,
      origin: 1,
      notProcessed: false,
    });
  });

  test('a code that gRPC does not have is UNKNOWN', () => {
    expect(statuses.fromUpstream(upstream(99, 'x')).code).toBe(2);
  });

  test('details are decoded, the time to wait is told, trailers keep their order', () => {
    const retry = rpc.RetryInfo.fromPartial({ retryDelay: { seconds: 1n, nanos: 500_000_000 } });
    const details = [
      {
        typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
        value: rpc.RetryInfo.encode(retry).finish(),
      },
      { typeUrl: 'example.com/other.v1.Thing', value: Uint8Array.of(1, 2) },
    ];
    const metadata = new Metadata();
    metadata.set('x-b', '1');
    metadata.set('x-a-bin', Buffer.from([255]));
    metadata.set('content-type', 'application/grpc');
    metadata.set(
      'grpc-status-details-bin',
      Buffer.from(rpc.Status.encode({ code: 8, message: '', details }).finish()),
    );
    const status = statuses.fromUpstream(upstream(8, 'too fast', metadata));
    expect(status.retryAfterMs).toBe(1_500);
    expect(status.details.map(({ type, debug }) => [type, debug])).toEqual([
      ['google.rpc.RetryInfo', { retryDelay: '1.500s' }],
      ['other.v1.Thing', undefined],
    ]);
    expect(status.trailers).toEqual([
      { name: 'x-b', value: '1' },
      { name: 'x-a-bin', value: '/w==' },
    ]);
  });

  test('details that are not a google.rpc.Status stay a trailer', () => {
    const metadata = new Metadata();
    metadata.set('grpc-status-details-bin', Buffer.from([0xff, 0xff]));
    expect(statuses.fromUpstream(upstream(3, 'x', metadata))).toMatchObject({
      details: [],
      trailers: [{ name: 'grpc-status-details-bin', value: '//8=' }],
    });
  });
});

test('[ERR4] an error of the gateway carries its name, its field and its time to wait', () => {
  const error = new ProtocolError('RATE_LIMITED', { retryAfterMs: 250, field: 'a.b' });
  const status = statuses.fromError(error, true);
  expect(status).toMatchObject({ code: 8, notProcessed: true, retryAfterMs: 250, origin: 2 });
  expect(status.details.map(({ type }) => type)).toEqual([
    'google.rpc.ErrorInfo',
    'google.rpc.BadRequest',
    'google.rpc.RetryInfo',
  ]);
});
