import { CloseCode, LIMITS } from '@chat/protocol';
import {
  backOff,
  type ConnectionContext,
  connect,
  FRESH,
  type Ready,
  stay,
  type Transition,
} from './retry-transitions.ts';
import type { ConnectionState, Trying } from './state.ts';

/** After a wake the server must answer a ping within this time. */
const PROBE_TIMEOUT_MS = 5_000;

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

/** A deadline has passed: gives up what did not come, or ends a wait. */
export function onDue(state: ConnectionState, context: ConnectionContext): Transition {
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

/** The machine may have slept: ends a wait, asks a silent server for a sign. */
export function onWake(state: ConnectionState, context: ConnectionContext): Transition {
  if (state.name === 'backingOff') return connect(state, state.refresh, context);
  if (state.name !== 'ready') return onDue(state, context);
  if (context.nowMs >= silenceDeadlineMs(state)) return onDue(state, context);
  if (state.probeUntilMs !== undefined) return onDue(state, context);
  return {
    state: { ...state, probeUntilMs: context.nowMs + PROBE_TIMEOUT_MS },
    effects: [{ type: 'sendPing', socketId: state.socketId }],
  };
}

function silenceDeadlineMs(state: Ready): number {
  return state.heardAtMs + state.heartbeatMs * LIMITS.clientSilenceHeartbeats;
}
