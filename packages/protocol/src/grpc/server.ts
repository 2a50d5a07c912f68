import { randomUUID } from 'node:crypto';
import type {
  Server,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
  sendUnaryData,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { LIMITS } from '../limits.ts';
import { ProtocolError } from '../protocol-error.ts';
import type { MethodDefinition, ServiceDefinition } from '../services.ts';
import type { WireLimits } from '../strict/check-wire.ts';
import { decodeStrict } from '../strict/decode-strict.ts';
import { asBuffer, identity } from './buffers.ts';
import {
  type CallContext,
  createCallContext,
  type OwnedCallContext,
  type ServerCall,
  unaryTimeoutMs,
} from './call-context.ts';
import {
  type ByKind,
  type Form,
  type RequestOf,
  type ResponseOf,
  wirePath,
} from './method-types.ts';
import { readRequests } from './request-stream.ts';
import { toServiceError } from './service-error.ts';
import {
  type ByteSink,
  createStreamWriter,
  type OwnedStreamWriter,
  type StreamWriter,
  type StreamWriterOptions,
} from './stream-writer.ts';

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
  /** Bounds of the requests' bytes. */
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

// Below, one method at a time has lost its types; `Handlers` has checked them at the door.
type UntypedHandlers = Readonly<Record<string, AnyHandler | 'unimplemented'>>;
type AnyHandler = (
  input: unknown,
  second: StreamWriter<unknown> | CallContext,
  third?: CallContext,
) => unknown;

interface Served {
  readonly path: string;
  readonly handler: AnyHandler;
  readonly decode: (bytes: Buffer) => unknown;
  readonly encode: (message: unknown) => Buffer;
  readonly options: ServiceOptions;
}

function addService(
  server: Server,
  definition: ServiceDefinition,
  handlers: UntypedHandlers,
  form: Form,
  options: ServiceOptions,
): void {
  const methods: Record<string, object> = {};
  const implementation: UntypedServiceImplementation = {};
  for (const [key, method] of Object.entries(definition.methods)) {
    const handler = handlers[key] ?? 'unimplemented';
    const path = wirePath(definition.fullName, method);
    methods[key] = {
      path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      requestSerialize: identity,
      requestDeserialize: identity,
      responseSerialize: identity,
      responseDeserialize: identity,
      originalName: key,
    };
    const served: Served = {
      path: path.slice(1),
      handler: handler === 'unimplemented' ? refuse : handler,
      decode:
        form === 'bytes'
          ? identity
          : (bytes) => decodeStrict(method.requestType, bytes, options.wireLimits),
      encode:
        form === 'bytes'
          ? (bytes) => asBuffer(bytes as Uint8Array)
          : (message) => asBuffer(method.responseType.encode(message).finish()),
      options,
    };
    implementation[key] = serve(method, served);
  }
  // grpc-js wants its own definition type; the entries above are its MethodDefinition.
  server.addService(methods as Parameters<Server['addService']>[0], implementation);
}

function serve(method: MethodDefinition, served: Served) {
  if (method.requestStream) {
    return method.responseStream
      ? (call: ServerDuplexStream<Buffer, Buffer>) => void serveBidi(served, call)
      : (call: ServerReadableStream<Buffer, Buffer>, respond: sendUnaryData<Buffer>) =>
          void serveClientStream(served, call, respond);
  }
  return method.responseStream
    ? (call: ServerWritableStream<Buffer, Buffer>) => void serveServerStream(served, call)
    : (call: ServerUnaryCall<Buffer, Buffer>, respond: sendUnaryData<Buffer>) =>
        void serveUnary(served, call, respond);
}

async function serveUnary(
  served: Served,
  call: ServerUnaryCall<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
): Promise<void> {
  const { options, handler, decode, encode } = served;
  let timer: NodeJS.Timeout | undefined;
  try {
    const context = createCallContext(served.path, call);
    const timeoutMs = unaryTimeoutMs(
      call.getDeadline(),
      Date.now(),
      options.defaultDeadlineMs ?? LIMITS.defaultGrpcDeadlineMs,
      options.maxDeadlineMs ?? LIMITS.maxGrpcDeadlineMs,
    );
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const error = new ProtocolError('DEADLINE');
        context.abort(error);
        reject(error);
      }, timeoutMs);
    });
    const response = await Promise.race([handler(decode(call.request), context), late]);
    respond(null, encode(response));
  } catch (thrown) {
    respond(toServiceError(toReported(thrown, served, call)));
  } finally {
    clearTimeout(timer);
  }
}

async function serveClientStream(
  served: Served,
  call: ServerReadableStream<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
): Promise<void> {
  try {
    const context = createCallContext(served.path, call);
    const response = await served.handler(readRequests(call, served.decode), context);
    respond(null, served.encode(response));
  } catch (thrown) {
    respond(toServiceError(toReported(thrown, served, call)));
    // What the caller still sends has no reader any more.
    call.resume();
  }
}

async function serveServerStream(
  served: Served,
  call: ServerWritableStream<Buffer, Buffer>,
): Promise<void> {
  await serveResponses(served, call, (writer, context) =>
    served.handler(served.decode(call.request), writer, context),
  );
}

async function serveBidi(served: Served, call: ServerDuplexStream<Buffer, Buffer>): Promise<void> {
  await serveResponses(served, call, (writer, context) =>
    served.handler(readRequests(call, served.decode), writer, context),
  );
  call.resume();
}

async function serveResponses(
  served: Served,
  call: ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>,
  run: (writer: StreamWriter<unknown>, context: CallContext) => unknown,
): Promise<void> {
  let context: OwnedCallContext | undefined;
  let writer: OwnedStreamWriter<unknown> | undefined;
  let cut: ProtocolError | undefined;
  try {
    const opened = createCallContext(served.path, call);
    context = opened;
    const sink: ByteSink<Buffer> = {
      write: (bytes: Buffer) => call.write(bytes),
      onDrain: (listener: () => void) => void call.on('drain', listener),
    };
    const cutOff = new Promise<never>((_, reject) => {
      const onCut = (error: ProtocolError) => {
        cut = error;
        opened.abort(error);
        reject(error);
      };
      writer = createStreamWriter(sink, served.encode, onCut, served.options.writer);
    });
    // The race below may be over before anyone looks at this one.
    cutOff.catch(() => undefined);
    if (writer === undefined) throw new Error('the writer is made at once');
    const open: OwnedStreamWriter<unknown> = writer;
    opened.signal.addEventListener('abort', () => open.close());
    await Promise.race([run(open, opened), cutOff]);
    await open.drained();
    if (cut !== undefined) throw cut;
    call.end();
  } catch (thrown) {
    writer?.close();
    const error = toReported(cut ?? thrown, served, call);
    context?.abort(error);
    // grpc-js turns an `error` event of a call into its status, behind what was written.
    if (!call.cancelled) call.emit('error', toServiceError(error));
  }
}

/** The error as the peer shall see it, told to the owner once. */
function toReported(thrown: unknown, served: Served, call: ServerCall): ProtocolError {
  let error = ProtocolError.from(thrown);
  if (!(thrown instanceof ProtocolError) && error.code === 'INTERNAL') {
    error = new ProtocolError('INTERNAL', {
      message: `internal error ${randomUUID()}`,
      cause: thrown,
    });
  }
  served.options.onError?.(error, { path: served.path, peer: call.getPeer() });
  return error;
}

function refuse(): never {
  throw new ProtocolError('UNIMPLEMENTED');
}
