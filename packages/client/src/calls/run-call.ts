import { GrpcStatus, isIdempotentMethod } from '@chat/protocol';
import type { Clock } from '../clock.ts';
import { reconnectDelayMs } from '../connection/reconnect-policy.ts';
import { ChatClientError } from '../errors.ts';
import type { CallStart, CallStatus, Link, RawCall } from '../link.ts';
import { toError } from './call-status.ts';
import type { CallOptions } from './service-client.ts';

/** Tries of one call, the first included. Waiting for a connection is not a try. */
const MAX_TRIES = 6;

/** One try: what the runner needs to know about it. */
export interface TryHandlers {
  /** The call is open; gives the owner its handle. */
  onOpen(call: RawCall): void;
  /** A response message. After the first one the call is not tried again. */
  onMessage(message: Uint8Array): void;
  /** The end, once: after retries. */
  onEnd(error: ChatClientError | undefined): void;
}

/** What stands around a call. */
export interface CallEnvironment {
  readonly link: Link;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Runs a call to its end: waits for a connection, opens it, tries again what is safe to try again
 * (never processed, or idempotent and without an answer), and keeps the deadline over all of it.
 */
export function runCall(
  environment: CallEnvironment,
  start: CallStart,
  options: CallOptions,
  handlers: TryHandlers,
): { readonly cancel: (reason: string) => void } {
  const { link, clock, random } = environment;
  const methodName = start.path.slice(start.path.lastIndexOf('/') + 1);
  const idempotent = isIdempotentMethod(methodName) && !start.requestStream;
  const untilMs = start.timeoutMs > 0 ? clock.monotonicMs() + start.timeoutMs : undefined;
  const cleanups: (() => void)[] = [];
  let current: RawCall | undefined;
  let tries = 0;
  let answered = false;
  let ended = false;
  let refreshed = false;
  let stopWaiting: (() => void) | undefined;

  const end = (error: ChatClientError | undefined): void => {
    if (ended) return;
    ended = true;
    stopWaiting?.();
    for (const cleanup of cleanups) cleanup();
    handlers.onEnd(error);
  };

  const abort = (error: ChatClientError): void => {
    if (ended) return;
    const call = current;
    end(error);
    call?.cancel(error.message);
  };

  const attempt = (): void => {
    if (ended) return;
    const status = link.status.getSnapshot();
    if (status.state === 'closed') {
      end(new ChatClientError('UNAVAILABLE', { message: status.message, notProcessed: true }));
      return;
    }
    if (status.state !== 'ready') {
      waitForLink();
      return;
    }
    tries += 1;
    const timeoutMs =
      untilMs === undefined ? 0 : Math.max(1, Math.ceil(untilMs - clock.monotonicMs()));
    current = link.openCall(
      { ...start, timeoutMs },
      {
        onHeaders: (metadata) => options.onHeaders?.(metadata),
        onMessage(message) {
          answered = true;
          if (!ended) handlers.onMessage(message);
        },
        onStatus,
      },
    );
    handlers.onOpen(current);
  };

  const onStatus = (status: CallStatus): void => {
    current = undefined;
    if (ended) return;
    if (status.code === GrpcStatus.OK) {
      options.onTrailers?.(status.trailers);
      end(undefined);
      return;
    }
    const error = toError(status);
    const again = retryKind(error);
    if (again === undefined) {
      options.onTrailers?.(status.trailers);
      end(error);
      return;
    }
    if (again === 'refresh') {
      refreshed = true;
      link.refreshCredential();
    }
    const delayMs = reconnectDelayMs(tries, random, status.retryAfterMs);
    stopWaiting = clock.after(delayMs, attempt);
  };

  const retryKind = (error: ChatClientError): 'later' | 'refresh' | undefined => {
    if (answered || tries >= MAX_TRIES) return undefined;
    // A request stream is used up by the first try that was open.
    if (start.requestStream) return undefined;
    if (error.reason === 'TOKEN_EXPIRED' && !refreshed) return 'refresh';
    if (error.code !== GrpcStatus.UNAVAILABLE) return undefined;
    return error.notProcessed || idempotent ? 'later' : undefined;
  };

  const waitForLink = (): void => {
    stopWaiting?.();
    stopWaiting = link.status.subscribe(() => {
      const { state } = link.status.getSnapshot();
      if (state !== 'ready' && state !== 'closed') return;
      stopWaiting?.();
      attempt();
    });
  };

  const { signal } = options;
  if (signal !== undefined) {
    const onAbort = () => abort(toAbortError(signal.reason));
    if (signal.aborted) {
      queueMicrotask(onAbort);
      return { cancel: () => undefined };
    }
    signal.addEventListener('abort', onAbort, { once: true });
    cleanups.push(() => signal.removeEventListener('abort', onAbort));
  }
  if (untilMs !== undefined) {
    cleanups.push(clock.after(start.timeoutMs, () => abort(new ChatClientError('DEADLINE'))));
  }
  attempt();
  return { cancel: (reason) => abort(new ChatClientError('CANCELLED', { message: reason })) };
}

/** A timeout signal is a deadline; every other reason to abort is a cancellation. */
function toAbortError(reason: unknown): ChatClientError {
  const error = ChatClientError.from(reason);
  return error.reason === 'INTERNAL' ? new ChatClientError('CANCELLED', { cause: reason }) : error;
}
