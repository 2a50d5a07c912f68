import { expect, test } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import * as fc from 'fast-check';
import { serviceStatus } from '../src/upstream/memory-upstream.ts';
import { createTestConnection, start, type TestConnection } from './connection-fixture.ts';

type Step =
  | { readonly do: 'start'; readonly kind: 'Unary' | 'ClientStream' | 'ServerStream' | 'Bidi' }
  | { readonly do: 'message'; readonly call: number; readonly size: number }
  | { readonly do: 'end' | 'cancel'; readonly call: number }
  | { readonly do: 'credit'; readonly call: number; readonly credit: number }
  | { readonly do: 'answer'; readonly call: number; readonly size: number }
  | { readonly do: 'headers' | 'consume'; readonly call: number }
  | { readonly do: 'status'; readonly call: number; readonly code: number }
  | { readonly do: 'stall'; readonly stalled: boolean }
  | { readonly do: 'wait'; readonly ms: number };

const call = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('start' as const),
    kind: fc.constantFrom('Unary', 'ClientStream', 'ServerStream', 'Bidi'),
  }),
  fc.record({ do: fc.constant('message' as const), call, size: fc.nat({ max: 40_000 }) }),
  fc.record({ do: fc.constantFrom('end' as const, 'cancel' as const), call }),
  fc.record({ do: fc.constant('credit' as const), call, credit: fc.nat({ max: 100_000 }) }),
  fc.record({ do: fc.constant('answer' as const), call, size: fc.nat({ max: 40_000 }) }),
  fc.record({ do: fc.constantFrom('headers' as const, 'consume' as const), call }),
  fc.record({ do: fc.constant('status' as const), call, code: fc.nat({ max: 16 }) }),
  fc.record({ do: fc.constant('stall' as const), stalled: fc.boolean() }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: 3_000 }) }),
);

interface Run extends TestConnection {
  started: number;
  /** Upstream calls whose status was given: the service says nothing more. */
  readonly over: Set<number>;
}

function perform(run: Run, what: Step): void {
  const { send, upstream, clock, socket } = run;
  const index = 'call' in what ? what.call : -1;
  const service = upstream.calls[index];
  const isLive = service !== undefined && !service.cancelled && !run.over.has(index);
  switch (what.do) {
    case 'start':
      run.started += 1;
      send({ callId: run.started, start: start(what.kind) });
      break;
    case 'message':
      // A frame for a call that was never started is illegal, and has tests of its own.
      if (what.call < run.started)
        send({ callId: what.call + 1, message: Buffer.alloc(what.size) });
      break;
    case 'end':
      if (what.call < run.started) send({ callId: what.call + 1, end: true });
      break;
    case 'cancel':
      if (what.call < run.started) send({ callId: what.call + 1, cancel: { reason: '' } });
      break;
    case 'credit':
      if (what.call < run.started && what.credit > 0) {
        send({ callId: what.call + 1, credit: what.credit });
      }
      break;
    case 'answer':
      if (isLive) service.handlers.onMessage(Buffer.alloc(what.size));
      break;
    case 'headers':
      if (isLive) service.handlers.onHeaders(new Metadata());
      break;
    case 'consume':
      if (isLive) service.consumeOne();
      break;
    case 'status':
      if (!isLive) break;
      run.over.add(what.call);
      service.handlers.onEnded(serviceStatus(what.code));
      break;
    case 'stall':
      socket.stall(what.stalled);
      break;
    case 'wait':
      clock.advance(what.ms);
      break;
  }
  clock.flush();
}

test('[CALL4] [CALL6] [FC6] whatever client and service do, each call ends once, and nothing is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const connection = createTestConnection({
        limits: { callStarts: { perSecond: 1_000, burst: 1_000 } },
      });
      await connection.open();
      const run: Run = { ...connection, started: 0, over: new Set() };
      for (const each of steps) perform(run, each);
      connection.socket.stall(false);
      run.clock.advance(1_000);

      const ended = new Set<number>();
      for (const { callId, status } of connection.frames()) {
        if (callId === 0) continue;
        expect(ended.has(callId)).toBe(false);
        if (status !== undefined) ended.add(callId);
      }
      const { closedWith } = connection.socket;
      // Only a client that overruns its window again and again, or does not read, is cut off.
      if (closedWith !== undefined) expect([4507, 4000, 4501]).toContain(closedWith.code);
      else expect(connection.connection.openCalls).toBe(run.started - ended.size);

      connection.socket.peerCloses(1006);
      await connection.connection.closed;
      for (const [index, service] of connection.upstream.calls.entries()) {
        expect(service.cancelled || run.over.has(index)).toBe(true);
      }
      expect(connection.connection.openCalls).toBe(0);
      expect(connection.connection.queuedBytes).toBe(0);
      expect(connection.wheel.members).toBe(0);
      run.clock.advance(5_000);
      expect(run.clock.pendingTimers).toBe(0);
    }),
    { numRuns: 400, seed: 20_260 },
  );
}, 30_000);
