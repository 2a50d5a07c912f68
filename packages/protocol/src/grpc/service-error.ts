import { Metadata, type ServiceError } from '@grpc/grpc-js';
import { errorCodeOfStatus } from '../error-codes.ts';
import { grpcStatus, ProtocolError } from '../protocol-error.ts';
import { fromStatusDetails, toStatusDetails } from '../status-details.ts';

/** Trailer that carries a serialized google.rpc.Status. */
export const STATUS_DETAILS_KEY = 'grpc-status-details-bin';

/** The error as grpc-js sends it: status, safe text and details. */
export function toServiceError(error: ProtocolError): ServiceError {
  const metadata = new Metadata();
  metadata.set(STATUS_DETAILS_KEY, Buffer.from(toStatusDetails(error)));
  // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the numbers are gRPC's, the enum is grpc-js's own
  return Object.assign(new Error(error.message), {
    code: grpcStatus(error),
    details: error.message,
    metadata,
  });
}

/** What a call failed with. Without readable details the status decides, and the text is the table's own: grpc-js puts addresses into its texts. */
export function fromServiceError(thrown: unknown): ProtocolError {
  if (!isServiceError(thrown)) return ProtocolError.from(thrown);
  const [details] = thrown.metadata.get(STATUS_DETAILS_KEY);
  const error = details instanceof Uint8Array ? fromStatusDetails(details) : undefined;
  if (error !== undefined) {
    const { code, message, field, retryAfterMs } = error;
    return new ProtocolError(code, { message, field, retryAfterMs, cause: thrown });
  }
  return new ProtocolError(errorCodeOfStatus(thrown.code), { cause: thrown });
}

function isServiceError(thrown: unknown): thrown is ServiceError {
  return (
    thrown instanceof Error &&
    'code' in thrown &&
    typeof thrown.code === 'number' &&
    'metadata' in thrown &&
    thrown.metadata instanceof Metadata
  );
}
