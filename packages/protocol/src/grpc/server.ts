import type { Server, UntypedServiceImplementation } from '@grpc/grpc-js';
import { LIMITS } from '../limits.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { MethodDefinition, ServiceDefinition } from '../services.ts';
import type { WireLimits } from '../strict/check-wire.ts';
import { decodeStrict } from '../strict/decode-strict.ts';
import { asBuffer, identity } from './buffers.ts';
import type { CallContext } from './call-context.ts';
import {
  type ByKind,
  type Form,
  type RequestOf,
  type ResponseOf,
  wirePath,
} from './method-types.ts';
import {
  type AnyHandler,
  type Served,
  serveBidi,
  serveClientStream,
  serveServerStream,
  serveUnary,
} from './serve-call.ts';
import type { StreamWriter, StreamWriterOptions } from './stream-writer.ts';

/** What serves one method: its result, or its return for streams, ends the call; what it throws becomes the status. */
export type Handler<M extends MethodDefinition, F extends Form = 'message'> = ByKind<
  M,
  (request: RequestOf<M, F>, call: CallContext) => Promise<ResponseOf<M, F>> | ResponseOf<M, F>,
  (requests: AsyncIterable<RequestOf<M, F>>, call: CallContext) => Promise<ResponseOf<M, F>>,
  (
    request: RequestOf<M, F>,
    writer: StreamWriter<ResponseOf<M, F>>,
    call: CallContext,
  ) => Promise<void>,
  (
    requests: AsyncIterable<RequestOf<M, F>>,
    writer: StreamWriter<ResponseOf<M, F>>,
    call: CallContext,
  ) => Promise<void>
>;

/** A handler for every method of a service; the word for those that are not served yet. */
export type Handlers<D extends ServiceDefinition, F extends Form = 'message'> = {
  readonly [K in keyof D['methods']]: Handler<D['methods'][K], F> | 'unimplemented';
};

/** How a service is served. */
export interface ServiceOptions {
  /** Told once of every call that fails; the cause is in `error.cause`. */
  readonly onError?: (error: ProtocolError, call: { path: string; peer: string }) => void;
  /** Bounds of the requests' bytes; 16 levels and 100 elements (relay.v1: 10,000 records) when absent. */
  readonly wireLimits?: WireLimits;
  /** Bounds of each response stream. */
  readonly writer?: StreamWriterOptions;
  /** Life of a unary call whose caller names no deadline; 10 s when absent. */
  readonly defaultDeadlineMs?: number;
  /** Life of a unary call at most; 60 s when absent. */
  readonly maxDeadlineMs?: number;
}

/** Adds a service to a grpc-js server. Unreadable requests answer INVALID_ARGUMENT; unknown faults INTERNAL with an id. */
export function implementService<D extends ServiceDefinition>(
  server: Server,
  definition: D,
  handlers: Handlers<D>,
  options: ServiceOptions = {},
): void {
  addService(server, definition, handlers as UntypedHandlers, 'message', options);
}

/** The same with bytes instead of messages: nothing is decoded, checked or encoded. */
export function implementRawService<D extends ServiceDefinition>(
  server: Server,
  definition: D,
  handlers: Handlers<D, 'bytes'>,
  options: ServiceOptions = {},
): void {
  addService(server, definition, handlers as UntypedHandlers, 'bytes', options);
}

// From here on one method at a time has lost its types; `Handlers` has checked them at the door.
type UntypedHandlers = Readonly<Record<string, AnyHandler | 'unimplemented'>>;

function addService(
  server: Server,
  definition: ServiceDefinition,
  handlers: UntypedHandlers,
  form: Form,
  options: ServiceOptions,
): void {
  const methods: Record<string, object> = {};
  const implementation: UntypedServiceImplementation = {};
  const wireLimits = options.wireLimits ?? defaultWireLimits(definition);
  for (const [key, method] of Object.entries(definition.methods)) {
    const path = wirePath(definition.fullName, method);
    methods[key] = {
      path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      // Messages pass grpc-js as bytes: what it cannot deserialise it would answer with INTERNAL.
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
      originalName: key,
    };
    const handler = handlers[key] ?? 'unimplemented';
    implementation[key] = serve(method, {
      path: path.slice(1),
      handler: handler === 'unimplemented' ? refuse : handler,
      decode:
        form === 'bytes'
          ? identity
          : (bytes) => decodeStrict(method.requestType, bytes, wireLimits),
      encode:
        form === 'bytes'
          ? // Raw handlers are typed to give bytes.
            (bytes) => asBuffer(bytes as Uint8Array)
          : (message) => asBuffer(method.responseType.encode(message).finish()),
      onError: options.onError ?? (() => undefined),
      writer: options.writer ?? {},
      defaultDeadlineMs: options.defaultDeadlineMs ?? LIMITS.defaultGrpcDeadlineMs,
      maxDeadlineMs: options.maxDeadlineMs ?? LIMITS.maxGrpcDeadlineMs,
    });
  }
  // The entries above are what grpc-js calls a MethodDefinition.
  server.addService(methods as Parameters<Server['addService']>[0], implementation);
}

function defaultWireLimits(definition: ServiceDefinition): WireLimits {
  // A gateway gathers what all its sockets said in one tick.
  return definition.fullName.startsWith('relay.') ? { maxRepeated: LIMITS.maxRelayRecords } : {};
}

function serve(method: MethodDefinition, served: Served) {
  if (method.requestStream) {
    return method.responseStream ? serveBidi(served) : serveClientStream(served);
  }
  return method.responseStream ? serveServerStream(served) : serveUnary(served);
}

function refuse(): never {
  throw new ProtocolError('UNIMPLEMENTED');
}
