import { expect, test } from '@jest/globals';
import { CloseCode, closeReason, isReconnectable } from './close-codes.ts';
import {
  ERROR_TABLE,
  ErrorCode,
  errorCodeOfStatus,
  GrpcStatus,
  isErrorCode,
} from './error-codes.ts';
import { Status } from './gen/google/rpc/status.ts';
import { StatusCode } from './gen/bridge/v1/bridge.ts';
import { grpcStatus, ProtocolError } from './protocol-error.ts';
import { fromStatusDetails, toStatusDetails } from './status-details.ts';

const CODES = Object.values(ErrorCode);

test('[ERR4] every error survives the way through grpc-status-details-bin', () => {
  for (const code of CODES) {
    const error = new ProtocolError(code, { field: 'rooms[2].room_id', retryAfterMs: 1_250 });
    const back = fromStatusDetails(toStatusDetails(error));
    expect(back).toMatchObject({ code, field: 'rooms[2].room_id', retryAfterMs: 1_250 });
    expect(back?.message).toBe(error.message);
    expect(Status.decode(toStatusDetails(error)).code).toBe(grpcStatus(error));
  }
});

test('[ERR4] details name google.rpc types, and only those there is something to say in', () => {
  const types = (error: ProtocolError) =>
    Status.decode(toStatusDetails(error)).details.map(({ typeUrl }) => typeUrl);
  expect(types(new ProtocolError('NOT_FOUND'))).toEqual([
    'type.googleapis.com/google.rpc.ErrorInfo',
  ]);
  expect(types(new ProtocolError('RATE_LIMITED', { field: 'text', retryAfterMs: 1 }))).toEqual([
    'type.googleapis.com/google.rpc.ErrorInfo',
    'type.googleapis.com/google.rpc.BadRequest',
    'type.googleapis.com/google.rpc.RetryInfo',
  ]);
});

test("[ERR4] details of another domain, and unreadable ones, are nobody's", () => {
  const foreign = Status.encode(Status.fromPartial({ code: 5, message: 'x' })).finish();
  expect(fromStatusDetails(foreign)).toBeUndefined();
  expect(fromStatusDetails(Uint8Array.of(0x1a, 0xff))).toBeUndefined();
});

test('[ERR5] own close codes below 4500 may come back, those above may not', () => {
  for (const code of Object.values(CloseCode)) {
    expect(isReconnectable(code)).toBe(code < 4500);
  }
  expect([1001, 1006, 1011, 1012, 1013, 4499].map(isReconnectable)).not.toContain(false);
  expect([1002, 1003, 1007, 1008, 1009, 4500, 4999].map(isReconnectable)).not.toContain(true);
});

test('[ERR5] an error that ends the connection says the same as its retry advice', () => {
  for (const [code, { closeCode, retry }] of Object.entries(ERROR_TABLE)) {
    if (closeCode !== undefined && isReconnectable(closeCode))
      expect([code, retry]).not.toEqual([code, 'never']);
    if (closeCode !== undefined && !isReconnectable(closeCode))
      expect([code, retry]).toEqual([code, 'never']);
  }
});

test('a close reason fits into a close frame and ends with a whole character', () => {
  expect(closeReason('bad frame')).toBe('bad frame');
  const cut = closeReason('é'.repeat(200));
  expect(cut).toBe('é'.repeat(61));
  expect(closeReason(`a${'😀'.repeat(50)}`)).toBe(`a${'😀'.repeat(30)}`);
});

test('status numbers are those of the schema', () => {
  expect({ ...GrpcStatus }).toEqual({ ...StatusCode });
});

test('every status but OK and UNKNOWN has a nearest code with the same status', () => {
  for (const status of Object.values(GrpcStatus)) {
    const code = errorCodeOfStatus(status);
    if (
      ![GrpcStatus.OK, GrpcStatus.UNKNOWN, GrpcStatus.ABORTED, GrpcStatus.OUT_OF_RANGE].some(
        (none) => none === status,
      )
    ) {
      expect(ERROR_TABLE[code].grpcStatus).toBe(status);
    }
  }
});

test('what was thrown becomes an error whose text is safe', () => {
  const own = new ProtocolError('MUTED');
  expect(ProtocolError.from(own)).toBe(own);
  expect(ProtocolError.from(AbortSignal.abort().reason).code).toBe('CANCELLED');
  expect(ProtocolError.from(new DOMException('late', 'TimeoutError')).code).toBe('DEADLINE');
  const secret = new Error('password is 1234');
  expect(ProtocolError.from(secret)).toMatchObject({
    code: 'INTERNAL',
    message: 'internal error',
    cause: secret,
  });
  expect(ProtocolError.from('text').code).toBe('INTERNAL');
});

test('only names of the table are error codes', () => {
  expect(isErrorCode('NOT_FOUND')).toBe(true);
  expect(isErrorCode('constructor')).toBe(false);
  expect(isErrorCode('')).toBe(false);
});
