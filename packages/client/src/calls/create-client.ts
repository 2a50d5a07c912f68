import { ChatClientError } from '../errors.ts';
import type { CallStart, RawCall } from '../link.ts';
import { createMessageStream } from './message-stream.ts';
import { type CallEnvironment, runCall } from './run-call.ts';
import type { CallOptions, MethodShape, ServiceClient, ServiceShape } from './service-client.ts';

/** Deadline of a unary call when the caller names none; the same as the gateway's. */
const DEFAULT_UNARY_TIMEOUT_MS = 30_000;

/** Makes typed calls of a service: promises for unary, async iterables for streams. Calls reject with ChatClientError. */
export function createClient<S extends ServiceShape>(
  definition: S,
  environment: CallEnvironment,
): ServiceClient<S> {
  const methods = Object.entries(definition.methods).map(([key, method]) => [
    key,
    toFunction(environment, `${definition.fullName}/${method.name}`, method),
  ]);
  // Each function has the form that MethodClient gives its method.
  return Object.fromEntries(methods) as ServiceClient<S>;
}

/** Calls a method with one request and one response. */
export function callUnary<Request, Response>(
  environment: CallEnvironment,
  path: string,
  method: {
    readonly requestType: Codec<Request>;
    readonly responseType: Codec<Response>;
  },
  request: Parameters<Codec<Request>['fromPartial']>[0],
  options: CallOptions = {},
): Promise<Response> {
  const { requestType, responseType } = method;
  return readOne(
    environment,
    {
      path,
      requestStream: false,
      responseStream: false,
      metadata: options.metadata ?? [],
      timeoutMs: options.timeoutMs ?? DEFAULT_UNARY_TIMEOUT_MS,
      request: requestType.encode(requestType.fromPartial(request)).finish(),
    },
    responseType,
    options,
    undefined,
  );
}

/** The parts of a generated message that a call needs. */
export interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
  // The generated parameter type is a deep partial that no other type can name.
  // oxlint-disable-next-line typescript/no-explicit-any
  fromPartial(object: any): T;
}

type Feed = (call: RawCall) => Promise<void>;

function toFunction(environment: CallEnvironment, path: string, method: MethodShape) {
  const { requestType, responseType, requestStream, responseStream } = method;
  // Input types were checked by MethodClient; the codec takes what fromPartial gives.
  return (input: unknown, options: CallOptions = {}): unknown => {
    const start: CallStart = {
      path,
      requestStream,
      responseStream,
      metadata: options.metadata ?? [],
      timeoutMs:
        options.timeoutMs ?? (requestStream || responseStream ? 0 : DEFAULT_UNARY_TIMEOUT_MS),
      request: requestStream
        ? undefined
        : requestType.encode(requestType.fromPartial(input)).finish(),
    };
    const feed = requestStream
      ? toFeed(input as AsyncIterable<object>, requestType as Codec<unknown>)
      : undefined;
    return responseStream
      ? readMany(environment, start, responseType as Codec<unknown>, options, feed)
      : readOne(environment, start, responseType as Codec<unknown>, options, feed);
  };
}

function readOne<T>(
  environment: CallEnvironment,
  start: CallStart,
  responseType: Codec<T>,
  options: CallOptions,
  feed: Feed | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let response: Uint8Array | undefined;
    const running = runCall(environment, start, options, {
      onOpen: (call) => void feed?.(call).catch((error: unknown) => fail(error)),
      onMessage(message) {
        response ??= message;
      },
      onEnd(error) {
        if (error !== undefined) reject(error);
        else if (response === undefined) {
          reject(new ChatClientError('INTERNAL', { message: 'the call ended without a response' }));
        } else resolveDecoded(response);
      },
    });
    const fail = (error: unknown): void => {
      reject(ChatClientError.from(error));
      running.cancel('the request stream failed');
    };
    const resolveDecoded = (bytes: Uint8Array): void => {
      try {
        resolve(responseType.decode(bytes));
      } catch (cause) {
        reject(new ChatClientError('INTERNAL', { message: 'unreadable response', cause }));
      }
    };
  });
}

function readMany<T>(
  environment: CallEnvironment,
  start: CallStart,
  responseType: Codec<T>,
  options: CallOptions,
  feed: Feed | undefined,
): AsyncIterableIterator<T> {
  let call: RawCall | undefined;
  const stream = createMessageStream<T>({
    onTaken: () => call?.consumed(),
    onLeft: () => running.cancel('the reader left'),
  });
  const running = runCall(environment, start, options, {
    onOpen(opened) {
      call = opened;
      feed?.(opened).catch((error: unknown) => {
        stream.end(ChatClientError.from(error));
        running.cancel('the request stream failed');
      });
    },
    onMessage(message) {
      try {
        stream.push(responseType.decode(message));
      } catch (cause) {
        stream.end(new ChatClientError('INTERNAL', { message: 'unreadable response', cause }));
        running.cancel('unreadable response');
      }
    },
    onEnd: (error) => stream.end(error),
  });
  return stream;
}

/** Sends what the application yields, no faster than the other side grants. */
function toFeed(requests: AsyncIterable<object>, requestType: Codec<unknown>): Feed {
  return async (call) => {
    for await (const request of requests) {
      await call.writable();
      // False: the call has ended, its status tells the rest.
      if (!call.send(requestType.encode(requestType.fromPartial(request)).finish())) return;
    }
    call.end();
  };
}
