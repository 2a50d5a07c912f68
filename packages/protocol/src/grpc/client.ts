import {
  Client,
  type CallOptions as ChannelCallOptions,
  type ChannelCredentials,
  type ChannelOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  Metadata,
} from '@grpc/grpc-js';
import type { DeepPartial, MessageFns } from '../gen/chat/v1/user.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { MethodDefinition, ServiceDefinition } from '../services.ts';
import { asBuffer, identity } from './buffers.ts';
import { GRPC_CLIENT_OPTIONS } from './channel-options.ts';
import { metadataFrom } from './metadata.ts';
import { type ByKind, type RequestOf, type ResponseOf, wirePath } from './method-types.ts';
import { fromServiceError } from './service-error.ts';

/** What a single call may bring. */
export interface CallOptions {
  readonly metadata?: Metadata | Readonly<Record<string, string | Uint8Array>>;
  readonly signal?: AbortSignal;
  /** From now. Without it a unary call waits 30 s and a stream for ever. */
  readonly deadlineMs?: number;
}

/** An upload: write, end, then await the response. */
export interface Upload<Request, Response> {
  readonly stream: ClientWritableStream<Request>;
  /** Rejects with ProtocolError. */
  readonly response: Promise<Response>;
}

/** Calls one method. Unary calls reject with ProtocolError; streams emit a ServiceError (see `fromServiceError`). */
export type ClientMethod<M extends MethodDefinition> = ByKind<
  M,
  (
    request: DeepPartial<RequestOf<M, 'message'>>,
    options?: CallOptions,
  ) => Promise<ResponseOf<M, 'message'>>,
  (options?: CallOptions) => Upload<RequestOf<M, 'message'>, ResponseOf<M, 'message'>>,
  (
    request: DeepPartial<RequestOf<M, 'message'>>,
    options?: CallOptions,
  ) => ClientReadableStream<ResponseOf<M, 'message'>>,
  (options?: CallOptions) => ClientDuplexStream<RequestOf<M, 'message'>, ResponseOf<M, 'message'>>
>;

/** A method for each of the service's, and the channel's life. */
export type GrpcClient<D extends ServiceDefinition> = {
  readonly [K in keyof D['methods']]: ClientMethod<D['methods'][K]>;
} & ChannelHandle;

/** The channel behind a client. */
export interface ChannelHandle {
  /** Resolves when the channel is connected; rejects with ProtocolError UNAVAILABLE after the time. */
  ready(timeoutMs: number): Promise<void>;
  /** Ends the channel; open calls fail. */
  close(): void;
}

/** How a channel is made. */
export interface ClientOptions {
  /** Plain text when absent: for the loopback or behind a TLS end. */
  readonly credentials?: ChannelCredentials;
  /** Over GRPC_CLIENT_OPTIONS. */
  readonly channelOptions?: ChannelOptions;
  /** Asked before each call; sent as `authorization: Bearer`. */
  readonly token?: () => string | undefined;
}

/** Unary calls that name no deadline. */
export const DEFAULT_CALL_DEADLINE_MS = 30_000;

/** A typed client for a service at "host:port". */
export function createGrpcClient<D extends ServiceDefinition>(
  definition: D,
  address: string,
  options: ClientOptions = {},
): GrpcClient<D> {
  const channel = openChannel(address, options);
  const methods: Record<string, unknown> = {};
  for (const [key, method] of Object.entries(definition.methods)) {
    methods[key] = toClientMethod(channel, wirePath(definition.fullName, method), method, options);
  }
  // One function has been made for each method of the definition.
  return { ...methods, ...toHandle(channel) } as GrpcClient<D>;
}

/** A client that carries bytes only: all four kinds through one path, nothing decoded. For the bridge and the relay. */
export interface RawClient extends ChannelHandle {
  /** Opens a call by its path without leading slash. Unary methods are written once and ended. */
  open(path: string, options?: CallOptions): ClientDuplexStream<Buffer, Buffer>;
}

/** A client for any service at "host:port". */
export function createRawClient(address: string, options: ClientOptions = {}): RawClient {
  const channel = openChannel(address, options);
  return {
    open(path, call = {}) {
      const { metadata, channelOptions } = toCall(call, options);
      const stream = channel.makeBidiStreamRequest<Buffer, Buffer>(
        `/${path}`,
        identity,
        identity,
        metadata,
        channelOptions,
      );
      cancelWith(stream, call.signal);
      return stream;
    },
    ...toHandle(channel),
  };
}

function openChannel(address: string, options: ClientOptions): Client {
  return new Client(address, options.credentials ?? credentials.createInsecure(), {
    ...GRPC_CLIENT_OPTIONS,
    ...options.channelOptions,
  });
}

function toHandle(channel: Client): ChannelHandle {
  return {
    ready: (timeoutMs) =>
      new Promise((resolve, reject) => {
        channel.waitForReady(Date.now() + timeoutMs, (error) => {
          if (error) reject(new ProtocolError('UNAVAILABLE', { cause: error }));
          else resolve();
        });
      }),
    close: () => channel.close(),
  };
}

function toClientMethod(
  channel: Client,
  path: string,
  method: MethodDefinition,
  options: ClientOptions,
): unknown {
  // Definitions are generated: every message type in them has fromPartial.
  const requestType = method.requestType as MessageFns<unknown>;
  const encode = (message: unknown) => asBuffer(requestType.encode(message).finish());
  const encodePartial = (message: object) => encode(requestType.fromPartial(message));
  const decode = (bytes: Buffer) => method.responseType.decode(bytes);
  if (method.requestStream && method.responseStream) {
    return (call: CallOptions = {}) => {
      const { metadata, channelOptions } = toCall(call, options);
      return cancelWith(
        channel.makeBidiStreamRequest(path, encode, decode, metadata, channelOptions),
        call.signal,
      );
    };
  }
  if (method.requestStream) {
    return (call: CallOptions = {}): Upload<unknown, unknown> => {
      const { metadata, channelOptions } = toCall(call, options);
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      const stream = channel.makeClientStreamRequest(
        path,
        encode,
        decode,
        metadata,
        channelOptions,
        (error, response) => (error ? reject(fromServiceError(error)) : resolve(response)),
      );
      return { stream: cancelWith(stream, call.signal), response: promise };
    };
  }
  if (method.responseStream) {
    return (request: object, call: CallOptions = {}) => {
      const { metadata, channelOptions } = toCall(call, options);
      return cancelWith(
        channel.makeServerStreamRequest(
          path,
          encodePartial,
          decode,
          request,
          metadata,
          channelOptions,
        ),
        call.signal,
      );
    };
  }
  return (request: object, call: CallOptions = {}) =>
    new Promise((resolve, reject) => {
      const unary = { deadlineMs: DEFAULT_CALL_DEADLINE_MS, ...call };
      const { metadata, channelOptions } = toCall(unary, options);
      cancelWith(
        channel.makeUnaryRequest(
          path,
          encodePartial,
          decode,
          request,
          metadata,
          channelOptions,
          (error, response) => (error ? reject(fromServiceError(error)) : resolve(response)),
        ),
        call.signal,
      );
    });
}

function toCall(
  call: CallOptions,
  options: ClientOptions,
): { metadata: Metadata; channelOptions: ChannelCallOptions } {
  const metadata =
    call.metadata instanceof Metadata ? call.metadata.clone() : metadataFrom(call.metadata ?? {});
  const token = options.token?.();
  if (token !== undefined && metadata.get('authorization').length === 0) {
    metadata.set('authorization', `Bearer ${token}`);
  }
  const channelOptions =
    call.deadlineMs === undefined ? {} : { deadline: Date.now() + call.deadlineMs };
  return { metadata, channelOptions };
}

function cancelWith<
  C extends { cancel(): void; on(event: 'status', listener: () => void): unknown },
>(call: C, signal: AbortSignal | undefined): C {
  if (signal === undefined) return call;
  const cancel = () => call.cancel();
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  call.on('status', () => signal.removeEventListener('abort', cancel));
  return call;
}
