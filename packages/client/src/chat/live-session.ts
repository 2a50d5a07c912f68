import { ChatRequest, ChatResponse, GrpcStatus, type Ready } from '@chat/protocol';
import { toError } from '../calls/call-status.ts';
import type { Clock } from '../clock.ts';
import { reconnectDelayMs, STABLE_AFTER_MS } from '../connection/reconnect-policy.ts';
import { ChatClientError, toReason } from '../errors.ts';
import type { CallStatus, Link, RawCall } from '../link.ts';
import type { ClosedReason } from './connection-api.ts';

/** A command without its request id. */
export type Command = NonNullable<ChatRequest['command']>;
/** An event that is not an answer. */
export type LiveEvent = Exclude<
  NonNullable<ChatResponse['event']>,
  { $case: 'ready' | 'done' | 'failed' }
>;
/** What became of a command. `lost`: the stream ended or began anew before the answer. */
export type Answer =
  | { readonly kind: 'done'; readonly result: Done['result'] }
  | { readonly kind: 'failed'; readonly error: ChatClientError }
  | { readonly kind: 'lost' };
type Done = Extract<NonNullable<ChatResponse['event']>, { $case: 'done' }>['value'];

/** Where the stream stands. */
export type LiveState =
  | { readonly name: 'idle' }
  /** The link is not ready, or Ready has not come yet. */
  | { readonly name: 'opening' }
  | { readonly name: 'live' }
  | { readonly name: 'waiting'; readonly nextTryAtMs: number; readonly reason: string }
  | { readonly name: 'closed'; readonly reason: ClosedReason; readonly message: string };

/** What the owner of the session hears. */
export interface LiveHandlers {
  /** The stream is open, or begins anew: everything must be subscribed and every unanswered command sent again. */
  onReady(ready: Ready): void;
  onEvent(event: LiveEvent): void;
  onState(state: LiveState): void;
}

/** The one chat stream of a client, opened again whenever it ends. */
export interface LiveSession {
  readonly state: LiveState;
  start(): void;
  /** Opens the stream at once instead of at the end of the wait. */
  tryNow(): void;
  /** Sends a command; the answer comes exactly once, never before this returns. False (and no answer) when not live. */
  ask(command: Command, onAnswer: (answer: Answer) => void): boolean;
  /** Sends a command that nobody answers; lost when not live. */
  tell(command: Command): void;
  stop(): void;
}

interface Stream {
  readonly call: RawCall;
  readonly generation: number;
  ready: boolean;
  readyAtMs: number;
  lastRequestId: number;
  readonly asked: Map<number, (answer: Answer) => void>;
}

/** Makes a session over a link; the link is started and closed by its owner. */
export function createLiveSession(
  link: Link,
  clock: Clock,
  random: () => number,
  handlers: LiveHandlers,
): LiveSession {
  let state: LiveState = { name: 'idle' };
  let current: Stream | undefined;
  // While a server drains, the stream on the new connection is opened before the old one is given up.
  let next: Stream | undefined;
  let attempt = 0;
  let refusals = 0;
  let cancelWait: (() => void) | undefined;
  let unsubscribe: (() => void) | undefined;

  const setState = (to: LiveState): void => {
    state = to;
    handlers.onState(to);
  };

  const linkGeneration = (): number | undefined => {
    const status = link.status.getSnapshot();
    return status.state === 'ready' ? status.generation : undefined;
  };

  const onLink = (): void => {
    if (state.name === 'closed' || state.name === 'idle') return;
    const status = link.status.getSnapshot();
    if (status.state === 'closed') {
      close(status.reason, status.message);
      return;
    }
    if (status.state !== 'ready') return;
    const newest = next ?? current;
    if (newest !== undefined && newest.generation === status.generation) return;
    // A new connection: what an earlier one made us wait for no longer counts.
    openStream(status.generation);
  };

  const openStream = (generation: number): void => {
    cancelWait?.();
    cancelWait = undefined;
    if (current === undefined) setState({ name: 'opening' });
    const asked = new Map<number, (answer: Answer) => void>();
    const replaced = next;
    const call = link.openCall(
      {
        path: 'chat.v1.ChatService/Chat',
        requestStream: true,
        responseStream: true,
        metadata: [],
        timeoutMs: 0,
        request: undefined,
      },
      {
        onHeaders: () => undefined,
        onMessage(message) {
          receive(stream, message);
          // Events are taken in at once; the server may send as many more.
          call.consumed();
        },
        onStatus: (status) => onEnd(stream, status),
      },
    );
    const stream: Stream = {
      call,
      generation,
      ready: false,
      readyAtMs: 0,
      lastRequestId: 0,
      asked,
    };
    if (current === undefined) current = stream;
    else next = stream;
    replaced?.call.cancel('replaced');
  };

  const receive = (stream: Stream, message: Uint8Array): void => {
    if (stream !== current && stream !== next) return;
    let event: ChatResponse['event'];
    try {
      event = ChatResponse.decode(message).event;
    } catch {
      stream.call.cancel('unreadable event');
      return;
    }
    // An event of a newer server.
    if (event === undefined) return;
    switch (event.$case) {
      case 'ready':
        onReady(stream, event.value);
        break;
      case 'done':
        answer(stream, event.value.requestId, { kind: 'done', result: event.value.result });
        break;
      case 'failed': {
        const { requestId, code, reason, message: text, field, retryAfterMs } = event.value;
        const error = new ChatClientError(toReason(code, reason), {
          code,
          message: text === '' ? undefined : text,
          field: field === '' ? undefined : field,
          retryAfterMs: retryAfterMs > 0 ? retryAfterMs : undefined,
        });
        answer(stream, requestId, { kind: 'failed', error });
        break;
      }
      default:
        // Until the new stream is ready, the old one still tells everything.
        if (stream === current) handlers.onEvent(event);
    }
  };

  const onReady = (stream: Stream, ready: Ready): void => {
    if (stream === next) {
      const old = current;
      current = stream;
      next = undefined;
      if (old !== undefined) {
        forget(old);
        old.call.cancel('moved to another connection');
      }
    }
    stream.ready = true;
    stream.readyAtMs = clock.monotonicMs();
    refusals = 0;
    // Ready again on the same stream: the server behind the gateway was replaced and knows no command of ours.
    forget(stream);
    setState({ name: 'live' });
    handlers.onReady(ready);
  };

  const answer = (stream: Stream, requestId: number, what: Answer): void => {
    const onAnswer = stream.asked.get(requestId);
    stream.asked.delete(requestId);
    onAnswer?.(what);
  };

  const forget = (stream: Stream): void => {
    const waiting = [...stream.asked.values()];
    stream.asked.clear();
    for (const onAnswer of waiting) onAnswer({ kind: 'lost' });
  };

  const onEnd = (stream: Stream, status: CallStatus): void => {
    if (stream === next) {
      next = undefined;
      if (current?.ready === true) return;
    }
    if (stream !== current) {
      forget(stream);
      return;
    }
    current = next;
    next = undefined;
    if (state.name === 'closed') {
      forget(stream);
      return;
    }
    const stable = stream.ready && clock.monotonicMs() - stream.readyAtMs >= STABLE_AFTER_MS;
    attempt = stable ? 0 : attempt + 1;
    if (current === undefined) setState({ name: 'opening' });
    forget(stream);
    if (current === undefined) comeBack(status);
  };

  const comeBack = (status: CallStatus): void => {
    const terminal = terminalReason(status);
    if (terminal !== undefined) {
      close(terminal, toError(status).message);
      return;
    }
    if (status.code === GrpcStatus.UNAUTHENTICATED) {
      refusals += 1;
      if (refusals > 2) {
        close('invalid-token', status.message);
        return;
      }
      link.refreshCredential();
    }
    const linked = linkGeneration() !== undefined;
    // Without a connection the link has its own backoff and tells when to go on.
    if (!linked) {
      onLink();
      return;
    }
    const waitMs = reconnectDelayMs(attempt, random, status.retryAfterMs);
    wait(waitMs, status.message);
  };

  const wait = (waitMs: number, reason: string): void => {
    if (waitMs > 0) {
      setState({ name: 'waiting', nextTryAtMs: clock.monotonicMs() + waitMs, reason });
    }
    cancelWait?.();
    cancelWait = clock.after(waitMs, openIfLinked);
  };

  const openIfLinked = (): void => {
    cancelWait = undefined;
    const generation = linkGeneration();
    if (generation !== undefined && current === undefined) openStream(generation);
    else if (current === undefined) setState({ name: 'opening' });
  };

  const close = (reason: ClosedReason, message: string): void => {
    if (state.name === 'closed') return;
    cancelWait?.();
    unsubscribe?.();
    const streams = [current, next];
    current = undefined;
    next = undefined;
    setState({ name: 'closed', reason, message });
    for (const stream of streams) {
      if (stream === undefined) continue;
      forget(stream);
      stream.call.cancel('closed');
    }
  };

  const send = (stream: Stream, requestId: number, command: Command): boolean =>
    stream.call.send(ChatRequest.encode({ requestId, command }).finish());

  return {
    get state() {
      return state;
    },
    start() {
      if (state.name !== 'idle') return;
      setState({ name: 'opening' });
      unsubscribe = link.status.subscribe(onLink);
      onLink();
    },
    tryNow() {
      if (cancelWait === undefined) return;
      cancelWait();
      openIfLinked();
    },
    ask(command, onAnswer) {
      if (current === undefined || !current.ready) return false;
      const requestId = (current.lastRequestId % 0xffff_ffff) + 1;
      current.lastRequestId = requestId;
      if (!send(current, requestId, command)) return false;
      current.asked.set(requestId, onAnswer);
      return true;
    },
    tell(command) {
      if (current?.ready === true) send(current, 0, command);
    },
    stop: () => close('stopped', 'stopped'),
  };
}

/** Statuses after which opening the stream again would end the same way. */
function terminalReason(status: CallStatus): ClosedReason | undefined {
  switch (status.code) {
    case GrpcStatus.PERMISSION_DENIED:
      return 'forbidden';
    case GrpcStatus.UNIMPLEMENTED:
      return 'version-unsupported';
    case GrpcStatus.INVALID_ARGUMENT:
      return 'protocol-fault';
    default:
      return status.reason === 'SESSION_ENDED' || status.reason === 'TOKEN_REUSED'
        ? 'signed-out'
        : undefined;
  }
}
