import { ERROR_TABLE, type ErrorCode, errorCodeOfStatus, isErrorCode } from '@chat/protocol';

/** What an error may carry besides its reason. */
export interface ChatClientErrorOptions {
  /** gRPC status number; that of the reason when absent. */
  readonly code?: number | undefined;
  readonly message?: string | undefined;
  /** Path of the faulty field. */
  readonly field?: string | undefined;
  /** When a retry may succeed. */
  readonly retryAfterMs?: number | undefined;
  /** True when the server's handler certainly never saw the call. */
  readonly notProcessed?: boolean | undefined;
  readonly cause?: unknown;
}

/** The one error of this library. Branch on `reason`; `code` is the gRPC status. */
export class ChatClientError extends Error {
  override readonly name = 'ChatClientError';
  readonly reason: ErrorCode;
  readonly code: number;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly notProcessed: boolean;

  constructor(reason: ErrorCode, options: ChatClientErrorOptions = {}) {
    super(options.message ?? ERROR_TABLE[reason].message, { cause: options.cause });
    this.reason = reason;
    this.code = options.code ?? ERROR_TABLE[reason].grpcStatus;
    this.field = options.field;
    this.retryAfterMs = options.retryAfterMs;
    this.notProcessed = options.notProcessed ?? false;
  }

  /** True when the same request may succeed later. */
  shouldRetry(): boolean {
    return this.notProcessed || ERROR_TABLE[this.reason].retry !== 'never';
  }

  /** Converts what was thrown: aborts become CANCELLED, timeouts DEADLINE, everything unknown INTERNAL. */
  static from(thrown: unknown): ChatClientError {
    if (thrown instanceof ChatClientError) return thrown;
    // By name: a DOMException need not be an Error of this realm.
    const name =
      typeof thrown === 'object' && thrown !== null && 'name' in thrown ? thrown.name : '';
    if (name === 'AbortError') return new ChatClientError('CANCELLED', { cause: thrown });
    if (name === 'TimeoutError') return new ChatClientError('DEADLINE', { cause: thrown });
    return new ChatClientError('INTERNAL', { cause: thrown });
  }
}

/** The reason behind a status: its name in the details when it has a known one, else the nearest. */
export function toReason(code: number, reason: string | undefined): ErrorCode {
  return reason !== undefined && isErrorCode(reason) ? reason : errorCodeOfStatus(code);
}
