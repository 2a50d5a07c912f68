import {
  type Client,
  type ClientDuplexStream,
  Metadata,
  status as grpcStatus,
  type StatusObject,
} from '@grpc/grpc-js';
import { GrpcStatus } from '@chat/protocol';
import { GRPC_CLIENT_OPTIONS, fromServiceError, STATUS_DETAILS_KEY } from '@chat/protocol/grpc';
import { localStatus } from '../calls/call-status.ts';
import type { CallHandlers, CallStart, CallStatus, MetadataEntry, RawCall } from '../link.ts';

/** Unsent bytes of one call; beyond it `send` refuses. */
const MAX_QUEUED_BYTES = 1_048_576;
/** Messages that the application has not consumed; beyond it nothing more is read. */
const MAX_UNCONSUMED = 1_000;

const identity = (bytes: Buffer): Buffer => bytes;

/** Options of the channel. */
export const CHANNEL_OPTIONS = GRPC_CLIENT_OPTIONS;

/** Opens a call of any kind on a channel, on the level of serialized messages. */
export function openGrpcCall(
  client: Client,
  start: CallStart,
  token: string,
  handlers: CallHandlers,
): RawCall {
  const metadata = toMetadata(start.metadata, token);
  const options = start.timeoutMs > 0 ? { deadline: Date.now() + start.timeoutMs } : {};
  const stream: ClientDuplexStream<Buffer, Buffer> = client.makeBidiStreamRequest(
    `/${start.path}`,
    identity,
    identity,
    metadata,
    options,
  );
  let status: StatusObject | undefined;
  let drained = false;
  let ended = false;
  let unconsumed = 0;
  let waiters: (() => void)[] = [];

  const finish = (final: CallStatus): void => {
    if (ended) return;
    ended = true;
    for (const wake of waiters.splice(0)) wake();
    handlers.onStatus(final);
  };
  // The status may overtake buffered messages: it is told behind them.
  const finishWhenDrained = (): void => {
    if (status !== undefined && drained) finish(toCallStatus(status));
  };

  stream.on('metadata', (headers: Metadata) => {
    if (!ended) handlers.onHeaders(fromMetadata(headers));
  });
  stream.on('data', (message: Buffer) => {
    if (ended) return;
    unconsumed += 1;
    if (unconsumed >= MAX_UNCONSUMED) stream.pause();
    handlers.onMessage(message);
  });
  stream.on('end', () => {
    drained = true;
    finishWhenDrained();
  });
  stream.on('status', (received: StatusObject) => {
    status = received;
    finishWhenDrained();
  });
  // The same end comes as a status.
  stream.on('error', () => undefined);
  stream.on('drain', () => {
    for (const wake of waiters.splice(0)) wake();
  });
  if (start.request !== undefined) {
    stream.write(Buffer.from(start.request));
    stream.end();
  }

  return {
    send(message) {
      if (ended || start.request !== undefined || stream.writableEnded) return false;
      if (stream.writableLength > MAX_QUEUED_BYTES) return false;
      stream.write(Buffer.from(message));
      return true;
    },
    end() {
      if (start.request === undefined) stream.end();
    },
    cancel(reason) {
      if (ended) return;
      stream.cancel();
      finish(localStatus(GrpcStatus.CANCELLED, reason, false));
    },
    consumed() {
      unconsumed = Math.max(0, unconsumed - 1);
      if (unconsumed < MAX_UNCONSUMED / 2 && stream.isPaused()) stream.resume();
    },
    writable() {
      if (ended || !stream.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => waiters.push(resolve));
    },
  };
}

function toMetadata(entries: readonly MetadataEntry[], token: string): Metadata {
  const metadata = new Metadata();
  if (token !== '') metadata.set('authorization', `Bearer ${token}`);
  for (const { name, value } of entries) {
    metadata.add(name, name.endsWith('-bin') ? Buffer.from(value, 'base64') : value);
  }
  return metadata;
}

function fromMetadata(metadata: Metadata): MetadataEntry[] {
  return Object.keys(metadata.getMap()).flatMap((name) =>
    metadata.get(name).map((value) => ({
      name,
      value: typeof value === 'string' ? value : value.toString('base64'),
    })),
  );
}

function toCallStatus(status: StatusObject): CallStatus {
  if (status.code === grpcStatus.OK)
    return { ...localStatus(0, '', false), trailers: fromMetadata(status.metadata) };
  const error = fromServiceError(Object.assign(new Error(status.details), status));
  const told = status.metadata.get(STATUS_DETAILS_KEY).length > 0;
  return {
    code: status.code,
    message: error.message,
    reason: told ? error.code : undefined,
    field: error.field,
    retryAfterMs: error.retryAfterMs,
    notProcessed: false,
    trailers: fromMetadata(status.metadata),
  };
}
