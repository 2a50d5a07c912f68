import type { Duplex } from 'node:stream';
import { BRIDGE_SUBPROTOCOLS } from '@chat/protocol';
import type { WebSocket } from 'ws';
import { createCallStatuses } from '../bridge/call-status.ts';
import { createRouter, exposedMethods, type ExtraMethods } from '../bridge/router.ts';
import type { FrameCodec } from '../codec/frame-codec.ts';
import { createJsonCodec } from '../codec/json-codec.ts';
import { protoCodec } from '../codec/proto-codec.ts';
import type { TypeRegistry } from '../codec/type-registry.ts';
import { systemClock, type Clock } from '../ports/clock.ts';
import type { OpenEdgeCall } from '../ports/edge-call.ts';
import { silentEvents, type BridgeEvents } from '../ports/events.ts';
import type { Log } from '../ports/log.ts';
import type { BridgeMethod } from '../ports/router.ts';
import { forwardingGate, type SessionGate } from '../ports/session-gate.ts';
import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';
import type { DrainOptions } from './connection-options.ts';
import { createConnection, type Connection } from './connection.ts';
import { DEFAULT_CONNECTION_LIMITS, type ConnectionLimits } from './limits.ts';
import { createTickQueue } from './tick-queue.ts';
import { createTimerWheel } from './timer-wheel.ts';
import { createWebSocketSocket } from './websocket-socket.ts';

/** What the bridge is made of; everything optional has the default of a plain bridge. */
export interface BridgeDoorOptions {
  readonly types: TypeRegistry;
  readonly openUpstream: OpenUpstreamCall;
  readonly log: Log;
  /** All methods of the chat registry and the health service when absent. */
  readonly methods?: readonly BridgeMethod[];
  /** Methods of other servers. */
  readonly extra?: readonly ExtraMethods[];
  /** Methods that the gateway itself serves, by path. */
  readonly edge?: ReadonlyMap<string, OpenEdgeCall>;
  readonly sessionGate?: SessionGate;
  readonly limits?: Partial<ConnectionLimits>;
  readonly events?: BridgeEvents;
  readonly clock?: Clock;
}

/** An upgraded WebSocket whose handshake was checked. */
export interface BridgeSocket {
  readonly webSocket: WebSocket;
  /** The TCP or TLS stream under it. */
  readonly stream: Duplex;
  /** The subprotocol that was agreed. */
  readonly protocol: string;
  readonly remoteAddress: string;
  readonly origin: string | undefined;
}

/** The bridge as the HTTP server sees it. */
export interface BridgeDoor {
  /** Subprotocols that `accept` takes, best first. */
  readonly protocols: readonly string[];
  accept(socket: BridgeSocket): Connection;
  readonly connections: ReadonlySet<Connection>;
  /** Drains every connection; `options` is asked once for each, so that return times can be spread. */
  drain(options: () => DrainOptions): Promise<void>;
}

/** Assembles codecs, router, timer wheel and connections. */
export function createBridgeDoor(options: BridgeDoorOptions): BridgeDoor {
  const { types, openUpstream, log } = options;
  const clock = options.clock ?? systemClock;
  const codecs = new Map<string, FrameCodec>([
    [BRIDGE_SUBPROTOCOLS.proto, protoCodec],
    [BRIDGE_SUBPROTOCOLS.json, createJsonCodec(types)],
  ]);
  const connections = new Set<Connection>();
  const shared = {
    openUpstream,
    clock,
    sessionGate: options.sessionGate ?? forwardingGate,
    router: createRouter(
      options.methods ?? exposedMethods(types),
      options.edge ?? new Map(),
      options.extra,
    ),
    statuses: createCallStatuses(types),
    wheel: createTimerWheel(clock),
    soon: createTickQueue(clock, (cause) => log.error({ cause }, 'a task of the tick failed')),
    limits: { ...DEFAULT_CONNECTION_LIMITS, ...options.limits },
    events: options.events ?? silentEvents,
  };

  return {
    protocols: [...codecs.keys()],
    accept({ webSocket, stream, protocol, remoteAddress, origin }) {
      const codec = codecs.get(protocol);
      if (codec === undefined) throw new Error(`no codec for subprotocol ${protocol}`);
      const socket = createWebSocketSocket(webSocket, stream);
      const connection = createConnection({ shared, socket, codec, log, remoteAddress, origin });
      connections.add(connection);
      void connection.closed.then(() => connections.delete(connection));
      return connection;
    },
    connections,
    async drain(drainOptions) {
      const closing = [...connections].map((connection) => {
        connection.drain(drainOptions());
        return connection.closed;
      });
      await Promise.all(closing);
    },
  };
}
