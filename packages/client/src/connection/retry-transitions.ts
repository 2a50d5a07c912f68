import { reconnectDelayMs, STABLE_AFTER_MS } from './reconnect-policy.ts';
import type { ConnectionEffect, ConnectionState, Trying } from './state.ts';

/** Getting a token and opening the socket must not take longer. */
const CONNECT_TIMEOUT_MS = 15_000;

/** What transitions need besides state and input. */
export interface ConnectionContext {
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** A socket id never used before. */
  readonly newSocketId: () => number;
}

/** The state after an input, and what to do. */
export interface Transition {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}

/** A connection that carries calls. */
export type Ready = Extract<ConnectionState, { name: 'ready' }>;

/** A try with nothing behind it. */
export const FRESH: Trying = { attempt: 0, tokenRefused: false, draining: undefined, reason: '' };

/** Changes nothing more and does nothing. */
export function stay(state: ConnectionState): Transition {
  return { state, effects: [] };
}

/** Begins a try: asks for a token, a new one when `refresh`. */
export function connect(from: Trying, refresh: boolean, context: ConnectionContext): Transition {
  const { attempt, tokenRefused, draining, reason } = from;
  const deadlineMs = context.nowMs + CONNECT_TIMEOUT_MS;
  return {
    state: {
      name: 'connecting',
      socketId: undefined,
      token: undefined,
      deadlineMs,
      attempt,
      tokenRefused,
      draining,
      reason,
    },
    effects: [{ type: 'getToken', refresh }],
  };
}

/** Waits before the next try; without a wait it begins at once. */
export function backOff(
  from: Trying,
  context: ConnectionContext,
  more: {
    readonly reason: string;
    readonly refresh?: boolean;
    readonly tokenRefused?: boolean;
    readonly serverDelayMs?: number;
    /** The number of the next try; one more than the last by default. */
    readonly attempt?: number;
  },
): Transition {
  const attempt = more.attempt ?? from.attempt + 1;
  const waitMs = reconnectDelayMs(attempt, context.random, more.serverDelayMs);
  const trying: Trying = {
    attempt,
    tokenRefused: more.tokenRefused ?? from.tokenRefused,
    draining: from.draining,
    reason: more.reason,
  };
  const refresh = more.refresh ?? false;
  if (waitMs <= 0) return connect(trying, refresh, context);
  return {
    state: { name: 'backingOff', untilMs: context.nowMs + waitMs, refresh, ...trying },
    effects: [],
  };
}

/** Ends for good and closes every socket held. */
export function stop(
  state: ConnectionState,
  reason: Extract<ConnectionState, { name: 'closed' }>['reason'],
  message: string,
): Transition {
  if (state.name === 'closed') return stay(state);
  const effects: ConnectionEffect[] = [];
  if ('socketId' in state && state.socketId !== undefined) {
    effects.push({ type: 'closeSocket', socketId: state.socketId, code: 1000 });
  }
  if ('draining' in state && state.draining !== undefined) {
    effects.push({ type: 'closeSocket', socketId: state.draining, code: 1000 });
  }
  return { state: { name: 'closed', reason, message }, effects };
}

/** A connection that dies young is not tried again at once, or two ends that disagree would spin. */
export function afterReady(state: Ready, context: ConnectionContext): number {
  return context.nowMs - state.readyAtMs >= STABLE_AFTER_MS ? 0 : state.attempt + 1;
}
