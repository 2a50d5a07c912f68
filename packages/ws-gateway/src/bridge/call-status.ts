import {
  bridge,
  ERROR_TABLE,
  ProtocolError,
  toStatusDetails,
  type ErrorCode,
} from '@chat/protocol';
import { decodeErrorDetails } from '../codec/error-details.ts';
import type { TypeRegistry } from '../codec/type-registry.ts';
import type { UpstreamStatus } from '../upstream/upstream-call.ts';
import { toClientHeaders } from './response-metadata.ts';

const DETAILS_TRAILER = 'grpc-status-details-bin';

// What a client may read when grpc-js made the text.
const LOCAL_STATUS_ERROR: ReadonlyMap<number, ErrorCode> = new Map([
  [bridge.StatusCode.CANCELLED, 'UNAVAILABLE'],
  [bridge.StatusCode.DEADLINE_EXCEEDED, 'DEADLINE'],
  [bridge.StatusCode.RESOURCE_EXHAUSTED, 'LIMIT'],
  [bridge.StatusCode.UNAVAILABLE, 'UNAVAILABLE'],
]);

/** Makes the statuses that clients see. */
export interface CallStatuses {
  /** A status of the gateway itself. */
  fromError(error: ProtocolError, notProcessed: boolean): bridge.Status;
  /** The upstream's status: passed through, except that nobody asked for CANCELLED and local texts leak addresses. */
  fromUpstream(status: UpstreamStatus): bridge.Status;
}

function toStatusCode(code: number): bridge.StatusCode {
  const known = Number.isInteger(code) && code >= 0 && code <= bridge.StatusCode.UNAUTHENTICATED;
  // Checked: StatusCode is exactly 0 to 16.
  return known ? (code as bridge.StatusCode) : bridge.StatusCode.UNKNOWN;
}

export function createCallStatuses(types: TypeRegistry): CallStatuses {
  const fromError = (error: ProtocolError, notProcessed: boolean): bridge.Status => ({
    code: toStatusCode(ERROR_TABLE[error.code].grpcStatus),
    message: error.message,
    details: decodeErrorDetails(types, toStatusDetails(error))?.details ?? [],
    trailers: [],
    origin: bridge.StatusOrigin.GATEWAY,
    notProcessed,
    retryAfterMs: error.retryAfterMs ?? 0,
  });

  const passThrough = (status: UpstreamStatus): bridge.Status => {
    const [detailsBytes] = status.metadata.get(DETAILS_TRAILER);
    const decoded = Buffer.isBuffer(detailsBytes)
      ? decodeErrorDetails(types, detailsBytes)
      : undefined;
    const trailers = toClientHeaders(status.metadata);
    if (Buffer.isBuffer(detailsBytes) && decoded === undefined) {
      // Not a google.rpc.Status: the client gets what the service sent.
      trailers.push({ name: DETAILS_TRAILER, value: detailsBytes.toString('base64') });
    }
    return {
      code: toStatusCode(status.code),
      message: status.details,
      details: decoded?.details ?? [],
      trailers,
      origin: bridge.StatusOrigin.UPSTREAM,
      notProcessed: false,
      retryAfterMs: decoded?.retryAfterMs ?? 0,
    };
  };

  return {
    fromError,
    fromUpstream(status) {
      if (status.madeLocally) {
        const code = LOCAL_STATUS_ERROR.get(status.code) ?? 'INTERNAL';
        return fromError(new ProtocolError(code), status.notProcessed);
      }
      const seen = passThrough(status);
      if (seen.code !== bridge.StatusCode.CANCELLED) return seen;
      // A cancel of the client ends the call before any status of the upstream is read.
      return { ...seen, code: bridge.StatusCode.UNAVAILABLE };
    },
  };
}

/** The gateway itself found the request malformed: what the error budget counts. */
export function isClientFault(status: bridge.Status): boolean {
  if (status.origin !== bridge.StatusOrigin.GATEWAY) return false;
  const { INVALID_ARGUMENT, UNIMPLEMENTED } = bridge.StatusCode;
  return status.code === INVALID_ARGUMENT || status.code === UNIMPLEMENTED;
}
