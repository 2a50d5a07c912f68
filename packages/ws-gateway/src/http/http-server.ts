import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { answerText, type Exchange, type Route } from './answer.ts';
import { guardRequest } from './request-guard.ts';
import type { PeerOf } from './trusted-proxies.ts';
import type { HandleUpgrade } from './upgrade.ts';

/** How long a client may take; the cut comes up to one `checkIntervalMs` later. */
export interface HttpTimeouts {
  /** From connecting, or from the first byte of a later request, to the end of the headers. */
  readonly headersTimeoutMs: number;
  /** To the end of the request. */
  readonly requestTimeoutMs: number;
  /** From an answer to the next request. */
  readonly keepAliveTimeoutMs: number;
  readonly checkIntervalMs: number;
}

/** What the HTTP server needs. */
export interface HttpServerOptions {
  /** Asked in order; the first that takes a request answers it. */
  readonly routes: readonly Route[];
  readonly upgrade: HandleUpgrade;
  readonly peerOf: PeerOf;
  readonly dev: boolean;
  /** Paths that only sockets may ask for: a plain request there gets 426 (W19). */
  readonly socketPaths: ReadonlySet<string>;
  /** TCP connections at most, those of open sockets included. */
  readonly maxConnections: number;
  readonly timeouts: HttpTimeouts;
  readonly onError: (error: unknown) => void;
}

/** A client that sends nothing is cut within 10 s (limit + check); Node's own defaults leave it 90 s. */
export const DEFAULT_HTTP_TIMEOUTS: HttpTimeouts = Object.freeze({
  headersTimeoutMs: 8_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 5_000,
  checkIntervalMs: 2_000,
});
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_HEADERS = 100;
const MAX_REQUESTS_PER_SOCKET = 1_000;

/** The server of web app, session cookie, health and upgrades; not yet listening. */
export function createHttpServer(options: HttpServerOptions): Server {
  const { timeouts } = options;
  const serverOptions = {
    headersTimeout: timeouts.headersTimeoutMs,
    requestTimeout: timeouts.requestTimeoutMs,
    keepAliveTimeout: timeouts.keepAliveTimeoutMs,
    connectionsCheckingInterval: timeouts.checkIntervalMs,
    maxHeaderSize: MAX_HEADER_BYTES,
    requireHostHeader: true,
  };
  const server = createServer(serverOptions, (request, response) => {
    handle(request, response, options);
  });
  server.maxConnections = options.maxConnections;
  server.maxHeadersCount = MAX_HEADERS;
  server.maxRequestsPerSocket = MAX_REQUESTS_PER_SOCKET;
  server.on('upgrade', (request, socket, head) => {
    guarded(
      options,
      () => socket.destroy(),
      () => options.upgrade(request, socket, head),
    );
  });
  server.on('connect', (_request, socket) => {
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return server;
}

function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpServerOptions,
): void {
  const { method = '', url = '', httpVersion } = request;
  const guard = guardRequest({ method, url, httpVersion });
  const peer = options.peerOf(request);
  const path = guard.ok ? guard.path : '/';
  const exchange: Exchange = { request, response, peer, path, dev: options.dev };
  const fail = (): void => answerText(exchange, 500, 'INTERNAL');
  guarded(options, fail, () => {
    if (!guard.ok) {
      const { status, reason } = guard.refusal;
      const allow = { Allow: 'GET, HEAD, POST, DELETE' };
      answerText(exchange, status, reason, {
        Connection: 'close',
        ...(status === 405 ? allow : {}),
      });
    } else if (options.socketPaths.has(path)) {
      answerText(exchange, 426, 'WEBSOCKET_ONLY', {
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
      });
    } else if (!options.routes.some((route) => route(exchange))) {
      answerText(exchange, 404, 'NOT_FOUND');
    }
  });
}

function guarded(options: HttpServerOptions, onFault: () => void, task: () => void): void {
  try {
    task();
  } catch (error) {
    options.onError(error);
    onFault();
  }
}
