import { GrpcStatus } from '@chat/protocol';

// Texts of grpc-js 1.14.7 itself. They name addresses, sizes and internals, so clients get fixed ones.
const LOCAL_TEXT =
  /^(No connection established|Connection dropped|Connection closed|Deadline exceeded|Name resolution failed|Failed to parse DNS|Unrecognized scheme|Failed to parse |Received RST_STREAM|Received HTTP status|Received message (larger|that decompresses)|Attempted to send message|No status information received|Channel closed before|The channel has been closed|Stream refused by server|Bandwidth|Failed to (start HTTP\/2|decompress|write message)|Write (error|failed)|Response message parsing error|Request message serialization|Subchannel not ready|Internal(:| error)|Session (closed|destroyed)|Call (cancelled|ended|with custom)|Cancelled on client|Cancelled by parent|Waiting for LB pick|Too many (responses|concurrent)|Compressed-flag|Excess|Invalid status from control plane|All load balancer|connect E|read E|write E|getaddrinfo)/;

// The request never left, or the server refused the stream before any handler saw it.
const NOT_PROCESSED_TEXT =
  /^(No connection established|Name resolution failed|Failed to parse|Channel closed before|Subchannel not ready|Stream refused by server|Received RST_STREAM with code 7|Waiting for LB pick|connect E|getaddrinfo)/;

interface GrpcOutcome {
  readonly code: number;
  readonly details: string;
}

/** True when grpc-js itself made the status. */
export function isLocalStatus(status: GrpcOutcome): boolean {
  return status.code !== GrpcStatus.OK && LOCAL_TEXT.test(status.details);
}

/** True when the upstream handler certainly never saw the call. */
export function isNotProcessed(status: GrpcOutcome): boolean {
  return isLocalStatus(status) && NOT_PROCESSED_TEXT.test(status.details);
}
