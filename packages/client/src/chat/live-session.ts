import { GrpcStatus, type Ready } from '@chat/protocol';
import { toError } from '../calls/call-status.ts';
import type { Clock } from '../clock.ts';
import { reconnectDelayMs, STABLE_AFTER_MS } from '../connection/reconnect-policy.ts';
import type { CallStatus, Link } from '../link.ts';
import type { ClosedReason } from './connection-api.ts';
import {
  type Answer,
  type Command,
  type LiveEvent,
  type LiveStream,
  openLiveStream,
} from './live-stream.ts';

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

/** Makes a session over a link; the link is started and closed by its owner. */
export function createLiveSession(
  link: Link,
  clock: Clock,
  random: () => number,
  handlers: LiveHandlers,
): LiveSession {
  let state: LiveState = { name: 'idle' };
  let current: LiveStream | undefined;
  // While a server drains, the stream on the new connection is opened before the old one is given up.
  let next: LiveStream | undefined;
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
    const replaced = next;
    const stream = openLiveStream(link, generation, {
      isHeld: (held) => held === current || held === next,
      onReady,
      onEvent(from, event) {
        // Until the new stream is ready, the old one still tells everything.
        if (from === current) handlers.onEvent(event);
      },
      onEnd,
    });
    if (current === undefined) current = stream;
    else next = stream;
    replaced?.cancel('replaced');
  };

  const onReady = (stream: LiveStream, ready: Ready): void => {
    if (stream === next) {
      const old = current;
      current = stream;
      next = undefined;
      if (old !== undefined) {
        old.forget();
        old.cancel('moved to another connection');
      }
    }
    refusals = 0;
    // Ready again on the same stream: the server behind the gateway was replaced and knows no command of ours.
    stream.begin(clock.monotonicMs());
    setState({ name: 'live' });
    handlers.onReady(ready);
  };

  const onEnd = (stream: LiveStream, status: CallStatus): void => {
    if (stream === next) {
      next = undefined;
      if (current?.readyAtMs !== undefined) return;
    }
    if (stream !== current) {
      stream.forget();
      return;
    }
    current = next;
    next = undefined;
    if (state.name === 'closed') {
      stream.forget();
      return;
    }
    const { readyAtMs } = stream;
    const stable = readyAtMs !== undefined && clock.monotonicMs() - readyAtMs >= STABLE_AFTER_MS;
    attempt = stable ? 0 : attempt + 1;
    if (current === undefined) setState({ name: 'opening' });
    stream.forget();
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
      stream.forget();
      stream.cancel('closed');
    }
  };

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
    ask: (command, onAnswer) => current?.ask(command, onAnswer) ?? false,
    tell: (command) => current?.tell(command),
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
