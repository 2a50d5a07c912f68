import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { CallEffect, CallEvent, CallState } from './call-state.ts';
import { nextCallStep, startCall } from './call-transitions.ts';

const collecting0: CallState = { phase: 'collecting', messages: 0 };
const collecting1: CallState = { phase: 'collecting', messages: 1 };
const runningOpen: CallState = { phase: 'running', requestOpen: true };
const runningEnded: CallState = { phase: 'running', requestOpen: false };
const delivering: CallState = { phase: 'delivering' };
const ended: CallState = { phase: 'ended' };

const ended0 = 'upstreamEnded, queue empty';
const ended1 = 'upstreamEnded, queue full';
const EVENTS: Readonly<Record<string, CallEvent>> = {
  message: { type: 'message' },
  end: { type: 'end' },
  cancel: { type: 'cancel' },
  deadline: { type: 'deadline' },
  overrun: { type: 'overrun' },
  fault: { type: 'fault' },
  socketLost: { type: 'socketLost' },
  [ended0]: { type: 'upstreamEnded', queueEmpty: true },
  [ended1]: { type: 'upstreamEnded', queueEmpty: false },
  queueEmpty: { type: 'queueEmpty' },
};

function show(effects: readonly CallEffect[]): string {
  return effects.map((effect) => (effect.do === 'finish' ? effect.reason : effect.do)).join(' ');
}

describe('[CALL4] what each event does in each state', () => {
  test.each<[string, CallState, string, CallState, string]>([
    ['collecting 0', collecting0, 'message', collecting1, 'hold'],
    ['collecting 0', collecting0, 'end', ended, 'noMessage'],
    ['collecting 0', collecting0, 'cancel', ended, 'cancelled'],
    ['collecting 0', collecting0, 'deadline', ended, 'deadline'],
    ['collecting 0', collecting0, 'fault', ended, 'fault'],
    ['collecting 0', collecting0, 'socketLost', ended, ''],
    ['collecting 1', collecting1, 'message', ended, 'tooManyMessages'],
    ['collecting 1', collecting1, 'end', runningEnded, 'open forwardHeld endUpstream'],
    ['running', runningOpen, 'message', runningOpen, 'forward'],
    ['running', runningOpen, 'end', runningEnded, 'endUpstream'],
    ['running', runningOpen, 'cancel', ended, 'cancelUpstream cancelled'],
    ['running', runningOpen, 'deadline', ended, 'cancelUpstream deadline'],
    ['running', runningOpen, 'overrun', ended, 'cancelUpstream overrun'],
    ['running', runningOpen, 'fault', ended, 'cancelUpstream fault'],
    ['running', runningOpen, 'socketLost', ended, 'cancelUpstream'],
    ['running', runningOpen, ended0, ended, 'upstream'],
    ['running', runningOpen, ended1, delivering, ''],
    ['running', runningOpen, 'queueEmpty', runningOpen, ''],
    ['running, ended', runningEnded, 'message', ended, 'cancelUpstream messageAfterEnd'],
    ['running, ended', runningEnded, 'end', runningEnded, ''],
    ['delivering', delivering, 'queueEmpty', ended, 'upstream'],
    ['delivering', delivering, 'cancel', ended, 'cancelled'],
    ['delivering', delivering, 'message', delivering, ''],
    ['delivering', delivering, 'end', delivering, ''],
    ['delivering', delivering, 'deadline', delivering, ''],
    ['delivering', delivering, 'socketLost', ended, ''],
  ])('%s: %#', (_name, state, event, next, effects) => {
    const known = EVENTS[event];
    if (known === undefined) throw new Error(event);
    const step = nextCallStep(state, known);
    expect(step.state).toEqual(next);
    expect(show(step.effects)).toBe(effects);
  });

  test.each(Object.keys(EVENTS))('[CALL4] nothing follows the end: %s', (name) => {
    const event = EVENTS[name];
    if (event === undefined) throw new Error(name);
    expect(nextCallStep(ended, event)).toEqual({ state: ended, effects: [] });
  });
});

test('[CALL4] [CALL5] [CALL6] any order of events keeps the promises of a call', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.array(fc.constantFrom(...Object.values(EVENTS)), { maxLength: 40 }),
      (requestStream, events) => {
        const first = startCall(requestStream);
        let state = first.state;
        const effects = [...first.effects];
        let upstreamEnded = false;
        let lost = false;
        for (const event of events) {
          if (state.phase === 'ended') break;
          // An upstream that is not open cannot end.
          if (event.type === 'upstreamEnded' && state.phase === 'collecting') continue;
          if (event.type === 'upstreamEnded') upstreamEnded = true;
          if (event.type === 'socketLost') lost = true;
          const step = nextCallStep(state, event);
          state = step.state;
          effects.push(...step.effects);
        }
        const count = (name: CallEffect['do']): number =>
          effects.filter((effect) => effect.do === name).length;
        const opened = count('open') === 1;
        // One status at most, and exactly one when the call is over with the socket still there.
        expect(count('finish')).toBe(state.phase === 'ended' && !lost ? 1 : 0);
        expect(count('open')).toBeLessThanOrEqual(1);
        expect(count('endUpstream')).toBeLessThanOrEqual(1);
        expect(count('cancelUpstream')).toBeLessThanOrEqual(1);
        // No upstream call is left behind, and none that has ended by itself is cancelled.
        if (state.phase === 'ended') {
          expect(count('cancelUpstream')).toBe(opened && !upstreamEnded ? 1 : 0);
        }
        // Nothing goes up before it is open or behind the half-close.
        const order = effects.map((effect) => effect.do);
        const openAt = order.indexOf('open');
        const endAt = order.indexOf('endUpstream');
        order.forEach((name, index) => {
          if (name !== 'forward' && name !== 'forwardHeld') return;
          expect(openAt).toBeGreaterThanOrEqual(0);
          expect(openAt).toBeLessThan(index);
          if (endAt >= 0) expect(index).toBeLessThan(endAt);
        });
      },
    ),
    { numRuns: 3_000, seed: 7 },
  );
});
