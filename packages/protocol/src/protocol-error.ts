import { ERROR_TABLE, type ErrorCode, type GrpcStatus } from './error-codes.ts';

/** What an error may carry besides its code. All of it but `cause` is shown to peers. */
export interface ProtocolErrorOptions {
  /** Text for people; the table's text when absent. */
  readonly message?: string | undefined;
  /** Path of the faulty field, such as "rooms[2].room_id". */
  readonly field?: string | undefined;
  /** When a retry may succeed. */
  readonly retryAfterMs?: number | undefined;
  /** What happened inside; stays in the log. */
  readonly cause?: unknown;
}

/** The one error that crosses borders: its code, field and message are safe to show, its cause is not. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: ProtocolErrorOptions = {}) {
    super(options.message ?? ERROR_TABLE[code].message, { cause: options.cause });
    this.code = code;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Converts what was thrown: aborts become CANCELLED, timeouts DEADLINE, everything unknown INTERNAL. */
  static from(thrown: unknown): ProtocolError {
    if (thrown instanceof ProtocolError) return thrown;
    switch (nameOf(thrown)) {
      case 'AbortError':
        return new ProtocolError('CANCELLED', { cause: thrown });
      case 'TimeoutError':
        return new ProtocolError('DEADLINE', { cause: thrown });
      default:
        return new ProtocolError('INTERNAL', { cause: thrown });
    }
  }
}

/** gRPC status number of an error. */
export function grpcStatus(error: ProtocolError): GrpcStatus {
  return ERROR_TABLE[error.code].grpcStatus;
}

// By name, not by class: a DOMException is no Error in every runtime.
function nameOf(thrown: unknown): unknown {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown
    ? thrown.name
    : undefined;
}
