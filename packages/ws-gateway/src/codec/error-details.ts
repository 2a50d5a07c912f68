import { fromBinary, toJson } from '@bufbuild/protobuf';
import { type bridge, rpc } from '@chat/protocol';
import type { TypeRegistry } from './type-registry.ts';

/** What a serialized google.rpc.Status says beyond code and message. */
export interface ErrorDetails {
  readonly details: bridge.ErrorDetail[];
  /** From google.rpc.RetryInfo; 0 = not said. */
  readonly retryAfterMs: number;
}

/** Details that one status may bring; more are cut. */
const MAX_DETAILS = 16;
const RETRY_INFO = 'google.rpc.RetryInfo';

function debugJson(types: TypeRegistry, typeName: string, value: Uint8Array): unknown {
  const type = types.files.getMessage(typeName);
  if (type === undefined) return undefined;
  try {
    return toJson(type, fromBinary(type, value), { registry: types.files });
  } catch {
    // The debug form is a convenience; the bytes stand beside it.
    return undefined;
  }
}

function retryDelayMs(value: Uint8Array): number {
  const delay = rpc.RetryInfo.decode(value).retryDelay;
  if (delay === undefined) return 0;
  return Math.max(0, Number(delay.seconds) * 1000 + Math.round(delay.nanos / 1e6));
}

/** Reads the trailer grpc-status-details-bin; undefined when it is not a google.rpc.Status. */
export function decodeErrorDetails(
  types: TypeRegistry,
  bytes: Uint8Array,
): ErrorDetails | undefined {
  try {
    let retryAfterMs = 0;
    const details = rpc.Status.decode(bytes)
      .details.slice(0, MAX_DETAILS)
      .map(({ typeUrl, value }) => {
        const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
        if (type === RETRY_INFO) retryAfterMs = retryDelayMs(value);
        return { type, value, debug: debugJson(types, type, value) };
      });
    return { details, retryAfterMs };
  } catch {
    // The caller passes the trailer on as it is.
    return undefined;
  }
}
