import { CloseCode, LIMITS } from '@chat/protocol';
import { classifyClose } from './classify-close.ts';
import {
  afterReady,
  backOff,
  type ConnectionContext,
  FRESH,
  stay,
  stop,
  type Transition,
} from './retry-transitions.ts';
import type { ConnectionEffect, ConnectionState, Trying } from './state.ts';

/** Welcome must come within this time after Hello; the server gives Hello 5 s. */
const WELCOME_TIMEOUT_MS = 10_000;
/** Used when Welcome does not say. */
const DEFAULT_HEARTBEAT_MS = LIMITS.heartbeatMs;

/** The token is there: opens the socket. */
export function onToken(
  state: ConnectionState,
  token: string | undefined,
  context: ConnectionContext,
): Transition {
  if (state.name !== 'connecting' || state.token !== undefined) return stay(state);
  if (token === undefined) return stop(state, 'signed-out', 'no token');
  const socketId = context.newSocketId();
  return { state: { ...state, socketId, token }, effects: [{ type: 'openSocket', socketId }] };
}

/** The socket is open: says Hello. */
export function onOpened(
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

/** The server took us: calls may begin, a drained socket retires. */
export function onWelcome(
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

/** The server drains: looks for the next connection while this one still carries its calls. */
export function onGoAway(
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

/** A socket is gone: the close code says whether to try again. */
export function onSocketClosed(
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

function withoutSocket(from: Trying): ConnectionState {
  return { name: 'backingOff', untilMs: 0, refresh: false, ...from };
}
