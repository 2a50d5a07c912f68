import type { MessageFns } from '@chat/protocol';
import type { MetadataEntry } from '../link.ts';

/** What a method must tell: every generated definition is one. */
export interface MethodShape {
  readonly name: string;
  // The generated codec is invariant in its message, so any is the only common form.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly requestType: MessageFns<any>;
  readonly requestStream: boolean;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly responseType: MessageFns<any>;
  readonly responseStream: boolean;
}

/** A generated service definition. */
export interface ServiceShape {
  readonly fullName: string;
  readonly methods: Readonly<Record<string, MethodShape>>;
}

/** What may be said about one call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** The whole call, waiting for a connection and retries included. Default 30 s for unary, none for streams. */
  readonly timeoutMs?: number;
  readonly metadata?: readonly MetadataEntry[];
  /** Response headers, when they come. */
  readonly onHeaders?: (metadata: readonly MetadataEntry[]) => void;
  /** Trailers, when the call ends. */
  readonly onTrailers?: (metadata: readonly MetadataEntry[]) => void;
}

// Nested messages may be given in part, as `fromPartial` takes them.
type Input<T> = T extends MessageFns<infer M> ? Parameters<MessageFns<M>['fromPartial']>[0] : never;
type Output<T> = T extends MessageFns<infer M> ? M : never;

/** A method as a function. */
export type MethodClient<M extends MethodShape> = M['requestStream'] extends true
  ? M['responseStream'] extends true
    ? (
        requests: AsyncIterable<Input<M['requestType']>>,
        options?: CallOptions,
      ) => AsyncIterableIterator<Output<M['responseType']>>
    : (
        requests: AsyncIterable<Input<M['requestType']>>,
        options?: CallOptions,
      ) => Promise<Output<M['responseType']>>
  : M['responseStream'] extends true
    ? (
        request: Input<M['requestType']>,
        options?: CallOptions,
      ) => AsyncIterableIterator<Output<M['responseType']>>
    : (
        request: Input<M['requestType']>,
        options?: CallOptions,
      ) => Promise<Output<M['responseType']>>;

/** A service as an object of functions, one for each method, under the generated names. */
export type ServiceClient<S extends ServiceShape> = {
  readonly [K in keyof S['methods']]: MethodClient<S['methods'][K]>;
};
