import { ERROR_TABLE, isErrorCode } from './error-codes.ts';
import type { Any } from './gen/google/protobuf/any.ts';
import { BadRequest, ErrorInfo, RetryInfo } from './gen/google/rpc/error_details.ts';
import { Status } from './gen/google/rpc/status.ts';
import { ProtocolError } from './protocol-error.ts';

/** ErrorInfo.domain of every error of this system. */
export const ERROR_DOMAIN = 'chat';

const TYPE_URL = 'type.googleapis.com/';

/** The error as a serialized google.rpc.Status, for the trailer grpc-status-details-bin. */
export function toStatusDetails(error: ProtocolError): Uint8Array {
  const info = ErrorInfo.fromPartial({ reason: error.code, domain: ERROR_DOMAIN });
  const details: Any[] = [detail('google.rpc.ErrorInfo', ErrorInfo.encode(info).finish())];
  if (error.field !== undefined) {
    const violation = { field: error.field, description: error.message };
    const badRequest = BadRequest.fromPartial({ fieldViolations: [violation] });
    details.push(detail('google.rpc.BadRequest', BadRequest.encode(badRequest).finish()));
  }
  if (error.retryAfterMs !== undefined) {
    const seconds = Math.floor(error.retryAfterMs / 1000);
    const nanos = Math.round((error.retryAfterMs - seconds * 1000) * 1e6);
    const retryInfo = RetryInfo.fromPartial({ retryDelay: { seconds: BigInt(seconds), nanos } });
    details.push(detail('google.rpc.RetryInfo', RetryInfo.encode(retryInfo).finish()));
  }
  const code = ERROR_TABLE[error.code].grpcStatus;
  return Status.encode({ code, message: error.message, details }).finish();
}

/** The error behind a serialized google.rpc.Status; undefined when it is unreadable or not of this system. */
export function fromStatusDetails(bytes: Uint8Array): ProtocolError | undefined {
  try {
    const status = Status.decode(bytes);
    let reason: string | undefined;
    let field: string | undefined;
    let retryAfterMs: number | undefined;
    for (const { typeUrl, value } of status.details) {
      switch (typeUrl.slice(typeUrl.lastIndexOf('/') + 1)) {
        case 'google.rpc.ErrorInfo': {
          const info = ErrorInfo.decode(value);
          if (info.domain === ERROR_DOMAIN) reason = info.reason;
          break;
        }
        case 'google.rpc.BadRequest':
          field = BadRequest.decode(value).fieldViolations[0]?.field;
          break;
        case 'google.rpc.RetryInfo': {
          const delay = RetryInfo.decode(value).retryDelay;
          if (delay) retryAfterMs = Number(delay.seconds) * 1000 + Math.round(delay.nanos / 1e6);
          break;
        }
        default:
      }
    }
    if (reason === undefined || !isErrorCode(reason)) return undefined;
    return new ProtocolError(reason, { message: status.message, field, retryAfterMs });
  } catch {
    // Unreadable details say nothing; the status beside them still does.
    return undefined;
  }
}

function detail(type: string, value: Uint8Array): Any {
  return { typeUrl: TYPE_URL + type, value };
}
