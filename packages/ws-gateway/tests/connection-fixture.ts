import { bridge, encodeClientFrame } from '@chat/protocol';
import { createCallStatuses } from '../src/bridge/call-status.ts';
import { createRouter } from '../src/bridge/router.ts';
import { protoCodec } from '../src/codec/proto-codec.ts';
import { websocketPayloadBytes } from '../src/codec/websocket-frame.ts';
import { createConnection, type Connection } from '../src/connection/connection.ts';
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from '../src/connection/limits.ts';
import { createTickQueue } from '../src/connection/tick-queue.ts';
import { createTimerWheel, type TimerWheel } from '../src/connection/timer-wheel.ts';
import type { OpenEdgeCall } from '../src/ports/edge-call.ts';
import { silentEvents } from '../src/ports/events.ts';
import { silentLog } from '../src/ports/log.ts';
import { createManualClock, type ManualClock } from '../src/ports/manual-clock.ts';
import { createMemorySocket, type MemorySocket } from '../src/ports/memory-socket.ts';
import { forwardingGate, type SessionGate } from '../src/ports/session-gate.ts';
import { createMemoryUpstream, type MemoryUpstream } from '../src/upstream/memory-upstream.ts';
import { METHODS, types, type Kind } from './bridge-fixture.ts';

/** A connection on an in-memory socket, an in-memory upstream and a clock that the test moves. */
export interface TestConnection {
  readonly connection: Connection;
  readonly socket: MemorySocket;
  readonly upstream: MemoryUpstream;
  readonly clock: ManualClock;
  readonly wheel: TimerWheel;
  readonly send: (frame: Partial<bridge.ClientFrame>) => void;
  /** Everything the client has received. */
  readonly frames: () => bridge.ServerFrame[];
  /** Says Hello and waits until the gate has answered. */
  readonly open: (hello?: Partial<bridge.Hello>) => Promise<void>;
}

export interface TestConnectionOptions {
  readonly gate?: SessionGate;
  readonly limits?: Partial<ConnectionLimits>;
  /** Serves test.v1.Test/Bidi at the gateway. */
  readonly edge?: OpenEdgeCall;
}

/** Lets promises of the gate settle, then runs the tick. */
export async function settle(clock: ManualClock): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  clock.flush();
}

export function start(kind: Kind, initialCredit = 0): bridge.CallStart {
  return { method: `test.v1.Test/${kind}`, metadata: [], timeoutMs: 0, initialCredit };
}

export function createTestConnection(options: TestConnectionOptions = {}): TestConnection {
  const clock = createManualClock();
  const socket = createMemorySocket();
  const upstream = createMemoryUpstream();
  const wheel = createTimerWheel(clock);
  const edge = new Map(
    options.edge === undefined ? [] : [['test.v1.Test/Bidi', options.edge] as const],
  );
  const connection = createConnection({
    socket,
    codec: protoCodec,
    shared: {
      sessionGate: options.gate ?? forwardingGate,
      router: createRouter(METHODS, edge),
      openUpstream: upstream.open,
      statuses: createCallStatuses(types),
      clock,
      wheel,
      soon: createTickQueue(clock, (error) => {
        throw error;
      }),
      limits: { ...DEFAULT_CONNECTION_LIMITS, ...options.limits },
      events: silentEvents,
    },
    log: silentLog,
    remoteAddress: '192.0.2.1',
    origin: undefined,
  });
  const send = (frame: Partial<bridge.ClientFrame>): void => {
    socket.peerSends(Buffer.from(encodeClientFrame(frame)), true);
    clock.flush();
  };
  return {
    connection,
    socket,
    upstream,
    clock,
    wheel,
    send,
    frames: () =>
      socket.received.map((frame) =>
        bridge.ServerFrame.decode(frame.subarray(frame.length - websocketPayloadBytes(frame))),
      ),
    async open(hello = {}) {
      send({ control: { $case: 'hello', value: bridge.Hello.fromPartial(hello) } });
      await settle(clock);
    },
  };
}
