import type { Server } from 'node:http';
import type { GatewayConfig } from '../config.ts';
import type { Log } from '../ports/log.ts';
import { type BucketRate, createAddressBuckets } from './address-buckets.ts';
import type { Route } from './answer.ts';
import { createDevProxy } from './dev-proxy.ts';
import { createHealthRoutes, type Readiness } from './health-routes.ts';
import { createHttpServer, DEFAULT_HTTP_TIMEOUTS, type HttpTimeouts } from './http-server.ts';
import { createMetricsRoute, type MetricsSource } from './metrics-route.ts';
import { isPrivateAddress } from './private-address.ts';
import { createSessionRoutes, type SessionAuthority } from './session-routes.ts';
import { createSocketLimits, DEFAULT_HANDSHAKES } from './socket-limits.ts';
import { createStaticApp } from './static-app.ts';
import { createPeerOf } from './trusted-proxies.ts';
import { createUpgradeHandler, type HandleUpgrade, type SocketRoute } from './upgrade.ts';

/** What the HTTP side of a gateway is made of. */
export interface HttpFrontOptions {
  readonly config: GatewayConfig;
  readonly authority: SessionAuthority;
  readonly readiness: () => Readiness;
  readonly metrics: MetricsSource;
  readonly log: Log;
  readonly routes: readonly SocketRoute[];
  readonly onUpgradeRefused: (reason: string) => void;
  /** Other than the default ones. */
  readonly timeouts?: Partial<HttpTimeouts>;
}

/** A page asks once when it loads and then every few minutes; many tabs and people may share an address. */
const SESSION_REQUESTS: BucketRate = { perSecond: 10, burst: 30 };

/** Room for page loads and health checks beside a full house of sockets. */
const PLAIN_CONNECTIONS = 1_000;

/** Assembles routes, limits and upgrades into a server that does not listen yet. */
export function createHttpFront(options: HttpFrontOptions): Server {
  const { config, log, routes } = options;
  const peerOf = createPeerOf(config.trustedProxies, (proxyAddress) =>
    log.warn({ proxyAddress }, 'X-Forwarded-For ignored: not in CHAT_TRUSTED_PROXIES'),
  );
  const origins = new Set(config.origins);
  const dev = config.devWeb === '' ? undefined : createDevProxy(config.devWeb);
  const onError = (cause: unknown): void => log.error({ cause }, 'a request could not be served');

  const upgrade = createUpgradeHandler({
    routes,
    origins,
    limits: config.rateLimits
      ? createSocketLimits({
          maxSocketsPerAddress: config.maxSocketsPerAddress,
          maxSockets: config.maxSockets,
          ...DEFAULT_HANDSHAKES,
        })
      : undefined,
    peerOf,
    nowMs: () => performance.now(),
    isDraining: () => {
      const state = options.readiness();
      return !state.ready && state.reason === 'draining';
    },
    onRefused(reason) {
      options.onUpgradeRefused(reason);
      log.debug({ reason }, 'upgrade refused');
    },
  });
  const upgradeWithDev: HandleUpgrade = (request, socket, head) => {
    if (dev?.upgrade(request, socket, head) !== true) upgrade(request, socket, head);
  };

  const requests = createAddressBuckets(SESSION_REQUESTS);
  const allow = (address: string): boolean =>
    !config.rateLimits || requests.take(address, performance.now());

  const httpRoutes: Route[] = [
    createHealthRoutes(options.readiness),
    createMetricsRoute(options.metrics, isPrivateAddress),
    createSessionRoutes({ authority: options.authority, origins, allow, onFailure: onError }),
    dev?.route ?? createStaticApp(config.webDir),
  ];
  return createHttpServer({
    routes: httpRoutes,
    upgrade: upgradeWithDev,
    peerOf,
    dev: dev !== undefined,
    maxConnections: config.maxSockets + PLAIN_CONNECTIONS,
    timeouts: { ...DEFAULT_HTTP_TIMEOUTS, ...options.timeouts },
    socketPaths: new Set(
      routes.flatMap(({ path }) => (path === undefined || path === '/' ? [] : path)),
    ),
    onError,
  });
}
