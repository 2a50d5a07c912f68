import { onDue, onWake } from './clock-transitions.ts';
import {
  backOff,
  type ConnectionContext,
  connect,
  FRESH,
  stay,
  stop,
  type Transition,
} from './retry-transitions.ts';
import { onGoAway, onOpened, onSocketClosed, onToken, onWelcome } from './socket-transitions.ts';
import type { ConnectionInput, ConnectionState } from './state.ts';

/** The whole connection machine: every input leads from here. Inputs about a socket that no longer counts change nothing. */
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
