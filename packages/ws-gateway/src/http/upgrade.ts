import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { LIMITS } from '@chat/protocol';
import type { Refusal } from './request-guard.ts';
import type { SocketLimits } from './socket-limits.ts';
import type { PeerOf } from './trusted-proxies.ts';
import { checkUpgrade, type SocketDoor } from './upgrade-check.ts';

/** An open socket and what its handshake said. */
export interface AcceptedSocket {
  readonly webSocket: WebSocket;
  readonly request: IncomingMessage;
  readonly protocol: string;
  readonly remoteAddress: string;
}

/** A kind of socket and who serves it. */
export interface SocketRoute extends SocketDoor {
  readonly accept: (socket: AcceptedSocket) => void;
}

/** What the upgrade handler needs. */
export interface UpgradeOptions {
  readonly routes: readonly SocketRoute[];
  readonly origins: ReadonlySet<string>;
  readonly limits: SocketLimits | undefined;
  readonly peerOf: PeerOf;
  readonly nowMs: () => number;
  readonly isDraining: () => boolean;
  readonly onRefused: (reason: string) => void;
}

/** Handles node's `upgrade` event. */
export type HandleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Far below what ws allows by itself; a constant of its own because the types of ws do not know all of them yet. */
const SOCKET_LIMITS = {
  perMessageDeflate: false, // costs 4 times the CPU and 20 times the memory of a socket
  maxPayload: LIMITS.maxFrameBytes,
  maxFragments: 64,
  maxBufferedChunks: 1_024,
  maxPendingAutoPongs: 8,
  closeTimeout: 5_000,
} as const;

/** Checks every upgrade before it happens, counts it, and hands the socket to its route. */
export function createUpgradeHandler(options: UpgradeOptions): HandleUpgrade {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    ...SOCKET_LIMITS,
    handleProtocols: (_offered, request) => chosen.get(request) || false,
  });
  const chosen = new WeakMap<IncomingMessage, string>();

  return (request, socket, head) => {
    destroyOnError(socket);
    const peer = options.peerOf(request);
    const { method = '', url = '', httpVersion, rawHeaders } = request;
    const facts = { method, url, httpVersion, rawHeaders, peer };
    const check = checkUpgrade(facts, options.routes, options.origins);
    const refusal = check.ok ? undefined : check.refusal;
    if (refusal !== undefined || !check.ok) {
      if (refusal !== undefined) refuse(socket, refusal, options);
      return;
    }
    if (options.isDraining()) {
      refuse(socket, { status: 503, reason: 'DRAINING' }, options);
      return;
    }
    const place = options.limits?.take(peer.address, options.nowMs()) ?? noRelease;
    if (typeof place !== 'function') {
      refuse(socket, place, options);
      return;
    }
    socket.once('close', place);
    chosen.set(request, check.protocol);
    server.handleUpgrade(request, socket, head, (webSocket) => {
      const { protocol, door } = check;
      door.accept({ webSocket, request, protocol, remoteAddress: peer.address });
    });
  };
}

// A function of its own: a listener made in the handler would share its scope, and so keep the whole request in memory
// for as long as the socket lives. A reset before the handshake is nobody's fault.
function destroyOnError(socket: Duplex): void {
  socket.on('error', () => socket.destroy());
}

function noRelease(): void {
  // limits are switched off
}

function refuse(socket: Duplex, { status, reason }: Refusal, options: UpgradeOptions): void {
  options.onRefused(reason);
  const body = `${reason}\n`;
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
  ];
  if (status === 426) lines.push('Sec-WebSocket-Version: 13', 'Upgrade: websocket');
  if (status === 405) lines.push('Allow: GET');
  if (status === 429 || status === 503) lines.push('Retry-After: 1');
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
