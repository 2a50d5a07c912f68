import { CloseCode, LIMITS } from '@chat/protocol';
import { classifyClose } from './classify-close.ts';
import { reconnectDelayMs, STABLE_AFTER_MS } from './reconnect-policy.ts';
import type { ConnectionEffect, ConnectionInput, ConnectionState, Trying } from './state.ts';

/** Getting a token and opening the socket must not take longer. */
export const CONNECT_TIMEOUT_MS = 15_000;
/** Welcome must come within this time after Hello; the server gives Hello 5 s. */
export const WELCOME_TIMEOUT_MS = 10_000;
/** After a wake the server must answer a ping within this time. */
export const PROBE_TIMEOUT_MS = 5_000;
/** Used when Welcome does not say. */
const DEFAULT_HEARTBEAT_MS = LIMITS.heartbeatMs;

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

/** The whole connection machine: every edge is here. Inputs about a socket that no longer counts change nothing. */
export function transition(
  state: ConnectionState,
  input: ConnectionInput,
  context: ConnectionContext,
): Transition {
  switch (input.type) {
    case 'start':
      return state.name === 'idle' ? connect(FRESH, false, context) : stay(state);
    case 'stop':
      return stop(state, 'stopped', 'stopped');
    case 'tryNow':
      return state.name === 'backingOff' ? connect(state, state.refresh, context) : stay(state);
    case 'wake':
      return onWake(state, context);
    case 'due':
      return onDue(state, context);
    case 'token':
      return onToken(state, input.token, context);
    case 'tokenFailed':
      return state.name === 'connecting' && state.token === undefined
        ? backOff(state, context, { reason: input.message })
        : stay(state);
    case 'opened':
      return onOpened(state, input.socketId, context);
    case 'heard':
      return state.name === 'ready' && state.socketId === input.socketId
        ? stay({ ...state, heardAtMs: context.nowMs, probeUntilMs: undefined })
        : stay(state);
    case 'welcome':
      return onWelcome(state, input.socketId, input.heartbeatMs, context);
    case 'authState':
      return state.name === 'ready' && state.socketId === input.socketId && input.refresh
        ? { state, effects: [{ type: 'refreshInBand', socketId: input.socketId }] }
        : stay(state);
    case 'goAway':
      return onGoAway(state, input.socketId, input.reconnectAfterMs, context);
    case 'socketClosed':
      return onSocketClosed(state, input.socketId, input.code, input.reason, context);
  }
}

/** When `due` must be given next; undefined = never. */
export function nextDueMs(state: ConnectionState): number | undefined {
  switch (state.name) {
    case 'connecting':
    case 'handshaking':
      return state.deadlineMs;
    case 'backingOff':
      return state.untilMs;
    case 'ready':
      return Math.min(silenceDeadlineMs(state), state.probeUntilMs ?? Number.POSITIVE_INFINITY);
    case 'idle':
    case 'closed':
      return undefined;
  }
}

const FRESH: Trying = { attempt: 0, tokenRefused: false, draining: undefined, reason: '' };

type Ready = Extract<ConnectionState, { name: 'ready' }>;

function stay(state: ConnectionState): Transition {
  return { state, effects: [] };
}

function silenceDeadlineMs(state: Ready): number {
  return state.heardAtMs + state.heartbeatMs * LIMITS.clientSilenceHeartbeats;
}

function connect(from: Trying, refresh: boolean, context: ConnectionContext): Transition {
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

function backOff(
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

function stop(
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

function onToken(
  state: ConnectionState,
  token: string | undefined,
  context: ConnectionContext,
): Transition {
  if (state.name !== 'connecting' || state.token !== undefined) return stay(state);
  if (token === undefined) return stop(state, 'signed-out', 'no token');
  const socketId = context.newSocketId();
  return { state: { ...state, socketId, token }, effects: [{ type: 'openSocket', socketId }] };
}

function onOpened(
  state: ConnectionState,
  socketId: number,
  context: ConnectionContext,
): Transition {
  if (state.name !== 'connecting' || state.socketId !== socketId || state.token === undefined) {
    return stay(state);
  }
  const { attempt, tokenRefused, draining, reason, token } = state;
  const deadlineMs = context.nowMs + WELCOME_TIMEOUT_MS;
  return {
    state: { name: 'handshaking', socketId, deadlineMs, attempt, tokenRefused, draining, reason },
    effects: [{ type: 'sendHello', socketId, token }],
  };
}

function onWelcome(
  state: ConnectionState,
  socketId: number,
  heartbeatMs: number,
  context: ConnectionContext,
): Transition {
  if (state.name !== 'handshaking' || state.socketId !== socketId) return stay(state);
  const { attempt, draining } = state;
  const effects: ConnectionEffect[] = [{ type: 'ready', socketId }];
  if (draining !== undefined) effects.push({ type: 'retire', socketId: draining });
  return {
    state: {
      name: 'ready',
      socketId,
      attempt,
      readyAtMs: context.nowMs,
      heartbeatMs: heartbeatMs > 0 ? heartbeatMs : DEFAULT_HEARTBEAT_MS,
      heardAtMs: context.nowMs,
      probeUntilMs: undefined,
      draining: undefined,
    },
    effects,
  };
}

function onGoAway(
  state: ConnectionState,
  socketId: number,
  reconnectAfterMs: number,
  context: ConnectionContext,
): Transition {
  if (state.name !== 'ready' || state.socketId !== socketId) return stay(state);
  const from: Trying = { ...FRESH, draining: socketId, reason: 'server restarts' };
  return backOff(from, context, {
    reason: from.reason,
    attempt: afterReady(state, context),
    serverDelayMs: reconnectAfterMs,
  });
}

function onSocketClosed(
  state: ConnectionState,
  socketId: number,
  code: number,
  reason: string,
  context: ConnectionContext,
): Transition {
  const lost: ConnectionEffect = { type: 'lost', socketId };
  if ('draining' in state && state.draining === socketId) {
    return { state: { ...state, draining: undefined }, effects: [lost] };
  }
  if (!('socketId' in state) || state.socketId !== socketId) return { state, effects: [lost] };
  const from: Trying =
    state.name === 'ready' ? { ...FRESH, attempt: state.attempt, draining: state.draining } : state;
  const message = reason === '' ? `closed with ${code}` : reason;
  const next = afterClose(state, from, code, message, context);
  return { state: next.state, effects: [lost, ...next.effects] };
}

function afterClose(
  state: ConnectionState,
  from: Trying,
  code: number,
  message: string,
  context: ConnectionContext,
): Transition {
  const attempt = state.name === 'ready' ? afterReady(state, context) : from.attempt + 1;
  const advice = classifyClose(code);
  if (advice.kind === 'retry') {
    return backOff(from, context, { reason: message, refresh: advice.refresh, attempt });
  }
  // A token may be refused because it is old: one try with a new one, then it is final.
  if (code === CloseCode.INVALID_TOKEN && !from.tokenRefused) {
    return backOff(from, context, { reason: message, refresh: true, tokenRefused: true, attempt });
  }
  return stop(withoutSocket(from), advice.reason, message);
}

/** A connection that dies young is not tried again at once, or two ends that disagree would spin. */
function afterReady(state: Ready, context: ConnectionContext): number {
  return context.nowMs - state.readyAtMs >= STABLE_AFTER_MS ? 0 : state.attempt + 1;
}

function withoutSocket(from: Trying): ConnectionState {
  return { name: 'backingOff', untilMs: 0, refresh: false, ...from };
}

function onDue(state: ConnectionState, context: ConnectionContext): Transition {
  const dueMs = nextDueMs(state);
  if (dueMs === undefined || context.nowMs < dueMs) return stay(state);
  switch (state.name) {
    case 'backingOff':
      return connect(state, state.refresh, context);
    case 'ready':
      return giveUp(
        state,
        state.socketId,
        { ...FRESH, draining: state.draining },
        0,
        'no answer',
        context,
      );
    case 'connecting':
    case 'handshaking':
      return giveUp(state, state.socketId, state, state.attempt + 1, 'no answer in time', context);
    case 'idle':
    case 'closed':
      return stay(state);
  }
}

function giveUp(
  state: ConnectionState,
  socketId: number | undefined,
  from: Trying,
  attempt: number,
  reason: string,
  context: ConnectionContext,
): Transition {
  const next = backOff(from, context, { reason, attempt });
  if (socketId === undefined) return next;
  const code = state.name === 'ready' ? CloseCode.HEARTBEAT_MISSED : 1000;
  return { state: next.state, effects: [{ type: 'closeSocket', socketId, code }, ...next.effects] };
}

function onWake(state: ConnectionState, context: ConnectionContext): Transition {
  if (state.name === 'backingOff') return connect(state, state.refresh, context);
  if (state.name !== 'ready') return onDue(state, context);
  if (context.nowMs >= silenceDeadlineMs(state)) return onDue(state, context);
  if (state.probeUntilMs !== undefined) return onDue(state, context);
  return {
    state: { ...state, probeUntilMs: context.nowMs + PROBE_TIMEOUT_MS },
    effects: [{ type: 'sendPing', socketId: state.socketId }],
  };
}
