import { CloseCode } from './close-codes.ts';

/** gRPC status numbers, the same as google.rpc.Code. */
export const GrpcStatus = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;
export type GrpcStatus = (typeof GrpcStatus)[keyof typeof GrpcStatus];

/** What a peer should do: never = not as it is, now = at once, backoff = later. */
export type RetryAdvice = 'never' | 'now' | 'backoff';

/** What one code means everywhere. */
export interface ErrorMeaning {
  readonly grpcStatus: GrpcStatus;
  /** Close code when the whole connection ends for it. */
  readonly closeCode: CloseCode | undefined;
  readonly retry: RetryAdvice;
  /** warn = the peer's fault, error = ours. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** Text for people; safe to show. */
  readonly message: string;
}

function fault(
  grpcStatus: GrpcStatus,
  message: string,
  more: Partial<Omit<ErrorMeaning, 'grpcStatus' | 'message'>> = {},
): ErrorMeaning {
  return { grpcStatus, message, closeCode: undefined, retry: 'never', logLevel: 'warn', ...more };
}

const S = GrpcStatus;

/** The one table that decides status, close code, retry and log level of every error. */
export const ERROR_TABLE = Object.freeze({
  // The request is wrong in itself.
  BAD_FIELD: fault(S.INVALID_ARGUMENT, 'a field is not valid', { closeCode: CloseCode.BAD_FRAME }),
  BAD_TEXT: fault(S.INVALID_ARGUMENT, 'the text holds characters that are not allowed'),
  TOO_LONG: fault(S.INVALID_ARGUMENT, 'the text is too long'),
  TOO_MANY: fault(S.INVALID_ARGUMENT, 'too many elements'),
  EMPTY: fault(S.INVALID_ARGUMENT, 'the text is empty'),
  TOO_DEEP: fault(S.INVALID_ARGUMENT, 'nested too deep', { closeCode: CloseCode.BAD_FRAME }),
  BAD_JSON: fault(S.INVALID_ARGUMENT, 'not protobuf JSON', { closeCode: CloseCode.BAD_FRAME }),
  UNKNOWN_FIELD: fault(S.INVALID_ARGUMENT, 'an unknown field'),
  BAD_CURSOR: fault(S.INVALID_ARGUMENT, 'not a position or page of this list'),
  BAD_REACTION: fault(S.INVALID_ARGUMENT, 'not one emoji'),
  NAME_RESERVED: fault(S.INVALID_ARGUMENT, 'the name is reserved'),
  // Two things want the same place.
  NAME_TAKEN: fault(S.ALREADY_EXISTS, 'the name is in use', { logLevel: 'info' }),
  NAME_CONFUSABLE: fault(S.ALREADY_EXISTS, 'the name looks like another one', { logLevel: 'info' }),
  IDEMPOTENCY_CONFLICT: fault(S.ALREADY_EXISTS, 'the id was used for another content'),
  // Not for the caller. "Not a member" and "no such room" answer alike.
  NOT_FOUND: fault(S.NOT_FOUND, 'not found', { logLevel: 'info' }),
  FORBIDDEN: fault(S.PERMISSION_DENIED, 'not allowed', {
    closeCode: CloseCode.FORBIDDEN,
    logLevel: 'info',
  }),
  WRONG_PASSWORD: fault(S.PERMISSION_DENIED, 'wrong password', { logLevel: 'info' }),
  BANNED: fault(S.PERMISSION_DENIED, 'banned', {
    closeCode: CloseCode.FORBIDDEN,
    logLevel: 'info',
  }),
  MUTED: fault(S.PERMISSION_DENIED, 'muted', { logLevel: 'info' }),
  GUESTS_REFUSED: fault(S.PERMISSION_DENIED, 'guests may not enter', { logLevel: 'info' }),
  SUSPENDED: fault(S.PERMISSION_DENIED, 'the account is switched off', {
    closeCode: CloseCode.FORBIDDEN,
    logLevel: 'info',
  }),
  // Not in this state.
  ROOM_CLOSED: fault(S.FAILED_PRECONDITION, 'the room is closed for writing', { logLevel: 'info' }),
  LAST_OWNER: fault(S.FAILED_PRECONDITION, 'a room needs an owner', { logLevel: 'info' }),
  GONE: fault(S.FAILED_PRECONDITION, 'the message was deleted', { logLevel: 'info' }),
  TOO_LATE: fault(S.FAILED_PRECONDITION, 'the time for this is over', { logLevel: 'info' }),
  // Over a limit.
  LIMIT: fault(S.RESOURCE_EXHAUSTED, 'a limit is reached'),
  RATE_LIMITED: fault(S.RESOURCE_EXHAUSTED, 'too fast', {
    closeCode: CloseCode.RATE_LIMITED,
    retry: 'backoff',
  }),
  OVERLOADED: fault(S.RESOURCE_EXHAUSTED, 'too busy now', {
    closeCode: CloseCode.OVERLOADED,
    retry: 'backoff',
  }),
  TOO_LARGE: fault(S.RESOURCE_EXHAUSTED, 'the message is too large'),
  SLOW_CONSUMER: fault(S.RESOURCE_EXHAUSTED, 'reads too slowly', {
    closeCode: CloseCode.SLOW_CONSUMER,
    retry: 'now',
  }),
  FLOW_CONTROL: fault(S.RESOURCE_EXHAUSTED, 'more was sent than was granted', {
    closeCode: CloseCode.FLOW_CONTROL,
  }),
  // No valid credential. One text for every kind.
  UNAUTHENTICATED: fault(S.UNAUTHENTICATED, 'no valid credential', {
    closeCode: CloseCode.INVALID_TOKEN,
    logLevel: 'info',
  }),
  TOKEN_EXPIRED: fault(S.UNAUTHENTICATED, 'no valid credential', {
    closeCode: CloseCode.TOKEN_EXPIRED,
    retry: 'now',
    logLevel: 'info',
  }),
  TOKEN_REUSED: fault(S.UNAUTHENTICATED, 'no valid credential', {
    closeCode: CloseCode.LOGGED_OUT,
  }),
  SESSION_ENDED: fault(S.UNAUTHENTICATED, 'no valid credential', {
    closeCode: CloseCode.LOGGED_OUT,
    logLevel: 'info',
  }),
  BAD_CREDENTIALS: fault(S.UNAUTHENTICATED, 'wrong name or password', { logLevel: 'info' }),
  // The system.
  UNIMPLEMENTED: fault(S.UNIMPLEMENTED, 'no such method'),
  UNAVAILABLE: fault(S.UNAVAILABLE, 'not reachable now', {
    closeCode: CloseCode.GOING_AWAY,
    retry: 'backoff',
    logLevel: 'info',
  }),
  DEADLINE: fault(S.DEADLINE_EXCEEDED, 'not answered in time', {
    retry: 'backoff',
    logLevel: 'info',
  }),
  CANCELLED: fault(S.CANCELLED, 'cancelled', { logLevel: 'debug' }),
  INTERNAL: fault(S.INTERNAL, 'internal error', {
    closeCode: CloseCode.INTERNAL,
    retry: 'backoff',
    logLevel: 'error',
  }),
  STORE_FAILED: fault(S.UNAVAILABLE, 'the store does not take writes now', {
    retry: 'backoff',
    logLevel: 'error',
  }),
  DATA_LOSS: fault(S.DATA_LOSS, 'stored data is damaged', { logLevel: 'error' }),
}) satisfies Readonly<Record<string, ErrorMeaning>>;

/** Name of an error: what clients branch on. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** The codes by name, for `ErrorCode.NOT_FOUND`. */
// Object.keys gives exactly the keys of the frozen table.
export const ErrorCode = Object.freeze(
  Object.fromEntries(Object.keys(ERROR_TABLE).map((code) => [code, code])),
) as { readonly [Code in ErrorCode]: Code };

/** True when the text names an error of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_TABLE, text);
}

const BY_STATUS: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [S.CANCELLED, 'CANCELLED'],
  [S.INVALID_ARGUMENT, 'BAD_FIELD'],
  [S.DEADLINE_EXCEEDED, 'DEADLINE'],
  [S.NOT_FOUND, 'NOT_FOUND'],
  [S.ALREADY_EXISTS, 'NAME_TAKEN'],
  [S.PERMISSION_DENIED, 'FORBIDDEN'],
  [S.RESOURCE_EXHAUSTED, 'LIMIT'],
  [S.FAILED_PRECONDITION, 'ROOM_CLOSED'],
  [S.OUT_OF_RANGE, 'BAD_CURSOR'],
  [S.UNIMPLEMENTED, 'UNIMPLEMENTED'],
  [S.UNAVAILABLE, 'UNAVAILABLE'],
  [S.DATA_LOSS, 'DATA_LOSS'],
  [S.UNAUTHENTICATED, 'UNAUTHENTICATED'],
]);

/** The nearest code for a status that came without details. */
export function errorCodeOfStatus(grpcStatus: number): ErrorCode {
  return BY_STATUS.get(grpcStatus) ?? 'INTERNAL';
}
