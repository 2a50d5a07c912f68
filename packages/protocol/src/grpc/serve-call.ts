import { randomUUID } from 'node:crypto';
import type {
  handleBidiStreamingCall,
  handleClientStreamingCall,
  handleServerStreamingCall,
  handleUnaryCall,
  sendUnaryData,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import { ProtocolError } from '../protocol-error.ts';
import {
  type CallContext,
  createCallContext,
  type OwnedCallContext,
  type ServerCall,
  unaryTimeoutMs,
} from './call-context.ts';
import { readRequests } from './request-stream.ts';
import { toServiceError } from './service-error.ts';
import {
  createStreamWriter,
  type OwnedStreamWriter,
  type StreamWriter,
  type StreamWriterOptions,
} from './stream-writer.ts';

/** A handler of any kind without its types. */
export type AnyHandler = (
  input: unknown,
  writerOrCall: StreamWriter<unknown> | CallContext,
  call?: CallContext,
) => unknown;

/** One method, ready to be served. */
export interface Served {
  readonly path: string;
  readonly handler: AnyHandler;
  /** Throws ProtocolError for bytes that are not a request. */
  readonly decode: (bytes: Buffer) => unknown;
  readonly encode: (message: unknown) => Buffer;
  readonly onError: (error: ProtocolError, call: { path: string; peer: string }) => void;
  readonly writer: StreamWriterOptions;
  readonly defaultDeadlineMs: number;
  readonly maxDeadlineMs: number;
}

type Responses = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** One message in, one out, within a deadline. */
export function serveUnary(served: Served): handleUnaryCall<Buffer, Buffer> {
  return (call, respond) => void answerUnary(served, call, respond);
}

async function answerUnary(
  served: Served,
  call: ServerUnaryCall<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const context = createCallContext(served.path, call);
    const { defaultDeadlineMs, maxDeadlineMs } = served;
    const timeoutMs = unaryTimeoutMs(
      call.getDeadline(),
      Date.now(),
      defaultDeadlineMs,
      maxDeadlineMs,
    );
    timer = setTimeout(() => context.abort(new ProtocolError('DEADLINE')), timeoutMs);
    // A handler that does not listen to the signal must not keep the call.
    const gone = new Promise<never>((_, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason));
    });
    // grpc-js tells of a cancellation after the answer too, when nobody waits here.
    gone.catch(() => undefined);
    const answer = served.handler(served.decode(call.request), context);
    respond(null, served.encode(await Promise.race([answer, gone])));
  } catch (thrown) {
    respond(toServiceError(toReported(thrown, served, call)));
  } finally {
    clearTimeout(timer);
  }
}

/** Many messages in, one out. */
export function serveClientStream(served: Served): handleClientStreamingCall<Buffer, Buffer> {
  return (call, respond) => void answerClientStream(served, call, respond);
}

async function answerClientStream(
  served: Served,
  call: ServerReadableStream<Buffer, Buffer>,
  respond: sendUnaryData<Buffer>,
): Promise<void> {
  try {
    const context = createCallContext(served.path, call);
    const answer = await served.handler(readRequests(call, served.decode), context);
    respond(null, served.encode(answer));
  } catch (thrown) {
    respond(toServiceError(toReported(thrown, served, call)));
  }
  // What the caller still sends has no reader any more.
  call.resume();
}

/** One message in, many out. */
export function serveServerStream(served: Served): handleServerStreamingCall<Buffer, Buffer> {
  return (call) =>
    void serveResponses(served, call, (writer, context) =>
      served.handler(served.decode(call.request), writer, context),
    );
}

/** Many messages in, many out. */
export function serveBidi(served: Served): handleBidiStreamingCall<Buffer, Buffer> {
  return (call) =>
    void serveResponses(served, call, (writer, context) =>
      served.handler(readRequests(call, served.decode), writer, context),
    );
}

async function serveResponses(
  served: Served,
  call: Responses,
  run: (writer: StreamWriter<unknown>, context: CallContext) => unknown,
): Promise<void> {
  const cutOff = Promise.withResolvers<never>();
  // The race below may be over before anyone looks at this promise.
  cutOff.promise.catch(() => undefined);
  let context: OwnedCallContext | undefined;
  let writer: OwnedStreamWriter<unknown> | undefined;
  try {
    context = createCallContext(served.path, call);
    writer = openWriter(served, call, context, cutOff.reject);
    await Promise.race([run(writer, context), cutOff.promise]);
    await Promise.race([writer.drained(), cutOff.promise]);
    call.end();
  } catch (thrown) {
    const error = toReported(thrown, served, call);
    // What was written before the fault goes first.
    await writer?.drained();
    context?.abort(error);
    // grpc-js turns an `error` event of a call into its status.
    if (!call.cancelled) call.emit('error', toServiceError(error));
  }
}

function openWriter(
  served: Served,
  call: Responses,
  context: OwnedCallContext,
  onCut: (error: ProtocolError) => void,
): OwnedStreamWriter<unknown> {
  const sink = {
    write: (bytes: Buffer) => call.write(bytes),
    onDrain: (listener: () => void) => void call.on('drain', listener),
  };
  const cut = (error: ProtocolError) => {
    context.abort(error);
    onCut(error);
  };
  const writer = createStreamWriter(sink, served.encode, cut, served.writer);
  context.signal.addEventListener('abort', () => writer.close());
  return writer;
}

/** The error as the peer shall see it, told to the owner once. */
function toReported(thrown: unknown, served: Served, call: ServerCall): ProtocolError {
  let error = ProtocolError.from(thrown);
  if (error.code === 'INTERNAL' && !(thrown instanceof ProtocolError)) {
    const message = `internal error ${randomUUID()}`;
    error = new ProtocolError('INTERNAL', { message, cause: thrown });
  }
  served.onError(error, { path: served.path, peer: call.getPeer() });
  return error;
}
