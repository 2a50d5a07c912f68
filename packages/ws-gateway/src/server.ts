import { descriptorSet } from '@chat/protocol/grpc';
import {
  connectExtraUpstreams,
  createSharedRegistry,
  methodsOf,
} from './bridge/extra-upstreams.ts';
import { exposedMethods } from './bridge/router.ts';
import { createJsonCodec } from './codec/json-codec.ts';
import { buildMessageFrame } from './codec/message-frame.ts';
import type { TypeRegistry } from './codec/type-registry.ts';
import type { GatewayConfig } from './config.ts';
import {
  type BridgeDoor,
  type BridgeDoorOptions,
  createBridgeDoor,
} from './connection/bridge-door.ts';
import type { ConnectionLimits } from './connection/limits.ts';
import { createEdge, type Edge } from './edge/edge.ts';
import { openGrpcRelayStream } from './edge/relay-stream.ts';
import type { BuildEventFrame } from './edge/room-frames.ts';
import { createMetrics, type GatewayEvents, type Metrics } from './events.ts';
import { createGrpcSessionAuthority } from './http/grpc-session-authority.ts';
import type { Readiness } from './http/health-routes.ts';
import { createHttpFront } from './http/http-front.ts';
import type { HttpTimeouts } from './http/http-server.ts';
import { listen } from './http/listen.ts';
import type { SocketRoute } from './http/upgrade.ts';
import { systemClock } from './ports/clock.ts';
import { type Log, silentLog } from './ports/log.ts';
import { createChannelPool, DEFAULT_CHANNEL_POOL } from './upstream/channel-pool.ts';
import { createGrpcUpstream } from './upstream/grpc-upstream.ts';

/** What a program or a test may bring along. */
export interface GatewayOverrides {
  readonly log?: Log;
  /** Tried when the port is taken; absent = that is a fault. */
  readonly fallbackPort?: number;
  readonly random?: () => number;
  /** Limits of each connection of the bridge. */
  readonly connectionLimits?: Partial<ConnectionLimits>;
  /** How long slow HTTP clients are waited for. */
  readonly httpTimeouts?: Partial<HttpTimeouts>;
  /** More kinds of sockets, asked behind the bridge. */
  readonly socketRoutes?: readonly SocketRoute[];
}

/** A gateway that listens. */
export interface Gateway {
  readonly port: number;
  /** True when the fallback port was taken. */
  readonly fellBack: boolean;
  /** True while clients should be sent here. */
  readonly ready: boolean;
  readonly openSockets: number;
  /** Stops taking clients, tells those that are here to go elsewhere, waits for them, closes. */
  drain(): Promise<void>;
  /** Cuts everything at once. */
  close(): Promise<void>;
}

const CHAT_METHOD = 'chat.v1.ChatService/Chat';
/** A client that was told to go gets this long to have its new socket before the old one closes. */
const OVERLAP_MS = 2_000;

/** No bucket empties: for load tests and trusted networks. */
const NO_RATE_LIMITS: Partial<ConnectionLimits> = Object.fromEntries(
  ['callStarts', 'edgeMessages', 'frames', 'controlFrames', 'clientFaults'].map((name) => [
    name,
    { perSecond: 1e9, burst: 1e9 },
  ]),
);

/** Starts a gateway. Rejects with ListenError when its port cannot be had. */
export async function createGateway(
  config: GatewayConfig,
  overrides: GatewayOverrides = {},
): Promise<Gateway> {
  const log = overrides.log ?? silentLog;
  const random = overrides.random ?? Math.random;
  const metrics = createMetrics();
  const upstreams = await connectExtraUpstreams(config.upstreams, log);
  const { types, usable } = createSharedRegistry(descriptorSet(), upstreams, log);
  const extra = usable.map((each) => ({ open: each.open, methods: methodsOf(each, types) }));
  const pool = createChannelPool({ addresses: config.grpcAddr, ...DEFAULT_CHANNEL_POOL });
  const authority = createGrpcSessionAuthority(config.grpcAddr);
  const edge = startEdge(config, types, metrics.events, log, random);
  const door = openDoor(config, {
    types,
    extra,
    openUpstream: createGrpcUpstream(pool),
    log,
    edge: new Map([[CHAT_METHOD, edge.openChat]]),
    sessionGate: edge.gate,
    events: metrics.events,
    limits: overrides.connectionLimits ?? {},
  });
  let draining = false;

  const readiness = (): Readiness => {
    if (draining) return { ready: false, reason: 'draining' };
    return edge.connected ? { ready: true } : { ready: false, reason: 'no-upstream' };
  };
  observe(metrics, edge);

  const server = createHttpFront({
    config,
    authority,
    readiness,
    metrics,
    log,
    routes: [bridgeRoute(door), ...(overrides.socketRoutes ?? [])],
    onUpgradeRefused: (reason) => metrics.events.upgradeRefused(reason),
    timeouts: overrides.httpTimeouts ?? {},
  });
  const { wsHost: host, wsPort: port } = config;
  const release = (): void => {
    edge.close();
    pool.close();
    for (const upstream of upstreams) upstream.close();
    authority.close();
  };
  const listening = await listen(server, {
    host,
    port,
    fallbackPort: overrides.fallbackPort,
  }).catch((error: unknown) => {
    release();
    throw error;
  });

  const close = async (): Promise<void> => {
    draining = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of door.connections) connection.close(1012, 'closed');
    server.closeAllConnections();
    await Promise.all([...door.connections].map((connection) => connection.closed));
    release();
    await closed;
  };

  return {
    port: listening.port,
    fellBack: listening.fellBack,
    get ready() {
      return readiness().ready;
    },
    get openSockets() {
      return door.connections.size;
    },
    async drain() {
      draining = true;
      const spreadMs = Math.max(0, config.drainMs - OVERLAP_MS);
      await door.drain(() => {
        const reconnectAfterMs = Math.round(random() * spreadMs);
        return { reconnectAfterMs, graceMs: reconnectAfterMs + OVERLAP_MS, reason: 'draining' };
      });
      await close();
    },
    close,
  };
}

function startEdge(
  config: GatewayConfig,
  types: TypeRegistry,
  events: GatewayEvents,
  log: Log,
  random: () => number,
): Edge {
  return createEdge({
    addresses: config.grpcAddr,
    openStream: openGrpcRelayStream,
    clock: systemClock,
    random,
    log,
    events,
    buildFrame: eventFrames(types),
    maxSocketsPerUser: config.rateLimits ? config.maxSocketsPerUser : Number.MAX_SAFE_INTEGER,
  });
}

function openDoor(config: GatewayConfig, options: BridgeDoorOptions): BridgeDoor {
  const limits = { ...(config.rateLimits ? {} : NO_RATE_LIMITS), ...options.limits };
  return createBridgeDoor({ ...options, limits });
}

// Binary clients get the server's bytes as they are; for JSON the event is translated once.
function eventFrames(types: TypeRegistry): BuildEventFrame {
  const json = createJsonCodec(types);
  const chat = exposedMethods(types).find(({ path }) => path === CHAT_METHOD);
  if (chat === undefined) throw new Error(`${CHAT_METHOD} is not in the registry`);
  return (codec, callId, event) =>
    codec === 'proto'
      ? buildMessageFrame(codec, callId, event)
      : json.messageFrame(callId, chat, event);
}

function bridgeRoute(door: BridgeDoor): SocketRoute {
  return {
    path: '/bridge',
    protocols: door.protocols,
    accept({ webSocket, request, protocol, remoteAddress }) {
      const { origin } = request.headers;
      door.accept({ webSocket, stream: request.socket, protocol, remoteAddress, origin });
    },
  };
}

function observe(metrics: Metrics, edge: Edge): void {
  metrics.observe({ sessions: () => edge.sessionCount, rooms: () => edge.roomCount });
}
