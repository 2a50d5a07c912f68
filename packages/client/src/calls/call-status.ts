import { type bridge, rpc } from '@chat/protocol';
import { ChatClientError, toReason } from '../errors.ts';
import type { CallStatus } from '../link.ts';

/** A status that this side makes up: the call never got an answer. */
export function localStatus(
  code: number,
  message: string,
  notProcessed: boolean,
  reason?: string,
): CallStatus {
  return {
    code,
    message,
    reason,
    field: undefined,
    retryAfterMs: undefined,
    notProcessed,
    trailers: [],
  };
}

/** The status of a bridge frame, with what its details say. */
export function fromBridgeStatus(status: bridge.Status): CallStatus {
  let reason: string | undefined;
  let field: string | undefined;
  for (const detail of status.details) {
    try {
      if (detail.type === 'google.rpc.ErrorInfo')
        reason = rpc.ErrorInfo.decode(detail.value).reason;
      if (detail.type === 'google.rpc.BadRequest') {
        field = rpc.BadRequest.decode(detail.value).fieldViolations[0]?.field;
      }
    } catch {
      // Unreadable details say nothing; the status beside them still does.
    }
  }
  return {
    code: status.code,
    message: status.message,
    reason,
    field,
    retryAfterMs: status.retryAfterMs > 0 ? status.retryAfterMs : undefined,
    notProcessed: status.notProcessed,
    trailers: status.trailers,
  };
}

/** The error of a status that is not OK. */
export function toError(status: CallStatus): ChatClientError {
  return new ChatClientError(toReason(status.code, status.reason), {
    code: status.code,
    message: status.message === '' ? undefined : status.message,
    field: status.field,
    retryAfterMs: status.retryAfterMs,
    notProcessed: status.notProcessed,
  });
}
