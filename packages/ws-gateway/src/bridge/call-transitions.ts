import { assertNever } from '@chat/protocol';
import type { CallEffect, CallEvent, CallState, CallStep, FinishReason } from './call-state.ts';

const ENDED: CallState = { phase: 'ended' };

function stay(state: CallState, ...effects: CallEffect[]): CallStep {
  return { state, effects };
}

function finish(reason: FinishReason, upstreamRuns: boolean): CallStep {
  const last: CallEffect = { do: 'finish', reason };
  return { state: ENDED, effects: upstreamRuns ? [{ do: 'cancelUpstream' }, last] : [last] };
}

/** First step: a streaming request opens the upstream at once, a single one waits for its message. */
export function startCall(requestStream: boolean): CallStep {
  return requestStream
    ? { state: { phase: 'running', requestOpen: true }, effects: [{ do: 'open' }] }
    : { state: { phase: 'collecting', messages: 0 }, effects: [] };
}

function collecting(messages: 0 | 1, state: CallState, event: CallEvent): CallStep {
  switch (event.type) {
    case 'message':
      if (messages === 1) return finish('tooManyMessages', false);
      return stay({ phase: 'collecting', messages: 1 }, { do: 'hold' });
    case 'end':
      if (messages === 0) return finish('noMessage', false);
      return stay(
        { phase: 'running', requestOpen: false },
        { do: 'open' },
        { do: 'forwardHeld' },
        { do: 'endUpstream' },
      );
    case 'cancel':
      return finish('cancelled', false);
    case 'deadline':
    case 'overrun':
    case 'fault':
      return finish(event.type, false);
    case 'socketLost':
      return stay(ENDED);
    case 'upstreamEnded':
    case 'queueEmpty':
      return stay(state);
    default:
      return assertNever(event);
  }
}

function running(requestOpen: boolean, state: CallState, event: CallEvent): CallStep {
  switch (event.type) {
    case 'message':
      return requestOpen ? stay(state, { do: 'forward' }) : finish('messageAfterEnd', true);
    case 'end':
      if (!requestOpen) return stay(state);
      return stay({ phase: 'running', requestOpen: false }, { do: 'endUpstream' });
    case 'cancel':
      return finish('cancelled', true);
    case 'deadline':
    case 'overrun':
    case 'fault':
      return finish(event.type, true);
    case 'socketLost':
      return stay(ENDED, { do: 'cancelUpstream' });
    case 'upstreamEnded':
      return event.queueEmpty ? finish('upstream', false) : stay({ phase: 'delivering' });
    case 'queueEmpty':
      return stay(state);
    default:
      return assertNever(event);
  }
}

function delivering(state: CallState, event: CallEvent): CallStep {
  switch (event.type) {
    case 'queueEmpty':
      return finish('upstream', false);
    case 'cancel':
      return finish('cancelled', false);
    case 'fault':
      return finish('fault', false);
    case 'socketLost':
      return stay(ENDED);
    // An early status wins over what the client still uploads, and over the clock.
    case 'message':
    case 'end':
    case 'deadline':
    case 'overrun':
    case 'upstreamEnded':
      return stay(state);
    default:
      return assertNever(event);
  }
}

/** The next state of a call and what to do about it, in order. */
export function nextCallStep(state: CallState, event: CallEvent): CallStep {
  switch (state.phase) {
    case 'collecting':
      return collecting(state.messages, state, event);
    case 'running':
      return running(state.requestOpen, state, event);
    case 'delivering':
      return delivering(state, event);
    case 'ended':
      return stay(state);
    default:
      return assertNever(state);
  }
}
