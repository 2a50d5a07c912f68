import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { PROTOCOL_VERSION, type ProtocolError, type RoomId, type UserId } from '@chat/protocol';
import { GRPC_SERVER_OPTIONS } from '@chat/protocol/grpc';
import type { Logger } from 'pino';
import { createLocalHintBus } from './adapters/memory/local-hint-bus.ts';
import { createMemoryStore } from './adapters/memory/memory-store.ts';
import { randomIds } from './adapters/random-ids.ts';
import { openSqliteStore } from './adapters/sqlite/sqlite-store.ts';
import { systemClock } from './adapters/system-clock.ts';
import { CallerCache } from './auth/caller-cache.ts';
import { type Argon2Cost, createPasswordHasher } from './auth/passwords.ts';
import { type ServerConfig, splitHostPort } from './config.ts';
import { createMetrics } from './events.ts';
import { createFailureLog } from './failure-log.ts';
import { startHousekeeping } from './housekeeping.ts';
import { createRateLimits } from './limits/rate-limits.ts';
import { encodeEvent } from './live/event-bytes.ts';
import { Hub } from './live/hub.ts';
import { systemTimers, type Timers } from './live/timers.ts';
import { createLogger } from './logger.ts';
import { listenForMetrics } from './metrics-listener.ts';
import type { Clock } from './ports/clock.ts';
import type { HintBus } from './ports/hint-bus.ts';
import type { Store, StoreHealth } from './ports/store.ts';
import { addServices } from './rpc/add-services.ts';
import { CommandCounter } from './rpc/chat-commands.ts';
import { createHealth } from './rpc/health.ts';
import { OpenStreams } from './rpc/open-streams.ts';
import { addReflection } from './rpc/reflection.ts';
import { drainServer } from './shutdown.ts';
import { endLogins } from './usecases/accounts.ts';
import type { App } from './usecases/app.ts';
import { prepareWelcome } from './usecases/welcome.ts';
import { toMyRoom } from './wire/to-wire.ts';

/** What tests and embedders put in place of the real thing. */
export interface ServerOverrides {
  readonly log?: Logger;
  readonly clock?: Clock;
  readonly timers?: Timers;
  /** Closed together with the server. */
  readonly store?: Store;
  /** Closed together with the server. */
  readonly bus?: HintBus;
  /** Cheaper hashes make tests faster; never in production. */
  readonly argon2Cost?: Argon2Cost;
}

/** A running server. Disposing it drains: at most 15 s. */
export interface ChatServer extends AsyncDisposable {
  /** "host:port" for clients on this machine. */
  readonly address: string;
  readonly port: number;
  /** Port of /metrics; undefined when switched off. */
  readonly metricsPort: number | undefined;
  readonly store: Store;
  /** Ends the server and closes the store. May be called twice. */
  close(): Promise<void>;
}

/** Opens the store, makes the welcome room where it is missing, and serves. Rejects when an address is in use. */
export async function createServer(
  config: ServerConfig,
  overrides: ServerOverrides = {},
): Promise<ChatServer> {
  const log = overrides.log ?? createLogger({ level: config.logLevel, format: config.logFormat });
  const clock = overrides.clock ?? systemClock;
  const timers = overrides.timers ?? systemTimers;
  const metrics = createMetrics();
  const health = createHealth();
  let serving = false;
  const onHealth = (state: StoreHealth) => {
    log[state.state === 'failed' ? 'error' : 'info']({ ...state }, 'store');
    // Reads go on, but a balancer shall look for a server that takes writes.
    if (serving) health.set(state.state === 'ready');
  };
  const store = overrides.store ?? (await openStore(config, clock, onHealth));
  const bus = overrides.bus ?? createLocalHintBus();
  const onFailure = (what: string, failure: unknown) => log.error({ err: failure, what }, 'failed');

  const hub = new Hub({
    epoch: store.epoch,
    log: store.log,
    bus,
    clock,
    timers,
    roomsOf: async (userId) =>
      (await store.directory.listMine(userId)).map(({ room }) => room.roomId),
    roomAddedEvent: (roomId, userId) => roomAddedEvent(store, roomId, userId),
    onBatch: (entries, sinks) => metrics.events.fannedOut(entries, sinks),
    onFailure,
  });
  const stopCounting = store.log.onCommit((events) => metrics.events.committed(events.length));
  const app: App = {
    store,
    clock,
    ids: randomIds,
    passwords: createPasswordHasher(overrides.argon2Cost),
    limits: createRateLimits(clock, config.rateLimits),
    callers: new CallerCache(),
    live: hub,
    settings: {
      guests: config.guests,
      admins: config.admins,
      welcomeRoomId: await prepareWelcome(store, randomIds),
      version: PROTOCOL_VERSION,
      storeKind: config.store,
    },
  };

  const logFailure = createFailureLog(log, clock);
  const counter = new CommandCounter();
  const streams = new OpenStreams();
  const onError = (error: ProtocolError, call?: { readonly path: string }) => {
    metrics.events.failed(error.code);
    logFailure(error, call);
  };
  const server = new Server(GRPC_SERVER_OPTIONS);
  const trustedGateways = new Set(config.trustedGateways);
  addServices(server, { app, hub, counter, onError, trustedGateways }, streams, onError);
  health.addTo(server);
  if (config.reflection) addReflection(server);
  metrics.observe({
    sessions: () => hub.counts().sessions,
    rooms: () => hub.counts().rooms,
    usersOnline: () => hub.counts().users,
    streams: () => streams.size,
  });
  const stopHousekeeping = startHousekeeping(
    store,
    timers,
    (ids, code) => endLogins(app, ids, code),
    (failure) => onFailure('housekeeping', failure),
  );
  async function release(): Promise<void> {
    stopHousekeeping();
    stopCounting();
    hub.close();
    await bus.close();
    await store.close();
  }

  const { host, port } = await bind(server, config.grpcListen).catch(async (failure: unknown) => {
    await release();
    throw failure;
  });
  const metricsListener =
    config.metricsListen === ''
      ? undefined
      : await listenForMetrics(metrics, splitHostPort(config.metricsListen)).catch(
          (failure: unknown) => {
            // Numbers are not worth refusing to chat.
            log.warn({ err: failure, address: config.metricsListen }, 'no metrics');
            return undefined;
          },
        );
  serving = true;
  health.set(store.health().state === 'ready');
  log.info({ port, store: config.store }, 'serving');

  let closing: Promise<void> | undefined;
  const close = async () => {
    serving = false;
    await drainServer(server, { health, streams, counter });
    await metricsListener?.close();
    await release();
    log.info({}, 'closed');
  };
  return {
    address: `${host}:${port}`,
    port,
    metricsPort: metricsListener?.port,
    store,
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  };
}

async function openStore(
  config: ServerConfig,
  clock: Clock,
  onHealth: (health: StoreHealth) => void,
): Promise<Store> {
  const epoch = randomUUID();
  if (config.store === 'memory') return createMemoryStore({ clock, epoch });
  return openSqliteStore({
    dataDirectory: config.dataDir,
    clock,
    newEpoch: epoch,
    onHealth,
  });
}

async function roomAddedEvent(store: Store, roomId: RoomId, userId: UserId) {
  const view = await store.directory.find({ roomId }, userId);
  if (view?.member === undefined) return undefined;
  const { room, member } = view;
  // A room just joined begins to be unread after the joining.
  const unread = { readSeq: member.readSeq, messages: 0, mentions: 0 };
  const value = toMyRoom(store.epoch, { room, member, unread });
  return encodeEvent({ $case: 'roomAdded', value });
}

async function bind(server: Server, address: string) {
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (failure, port) => {
      if (failure) reject(failure);
      else resolve(port);
    });
  });
  const { host } = splitHostPort(address);
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return { host: local, port: bound };
}
