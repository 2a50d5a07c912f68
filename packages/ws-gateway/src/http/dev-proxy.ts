import { type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { answerText, type Route, setSecurityHeaders } from './answer.ts';
import { headerValues } from './origin.ts';

/** While the web app is developed: everything that is not ours comes from a Vite dev server. */
export interface DevProxy {
  readonly route: Route;
  /** Passes Vite's live-reload socket on; false when the upgrade is not one. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean;
}

/** Subprotocols of Vite's own sockets. */
const VITE_PROTOCOLS: ReadonlySet<string> = new Set(['vite-hmr', 'vite-ping']);

/** Makes the proxy to `http://host:port`. Never used outside development. */
export function createDevProxy(address: string): DevProxy {
  const target = new URL(address);
  const port = Number(target.port === '' ? 80 : target.port);

  return {
    route(exchange) {
      const { request, response } = exchange;
      if (request.method !== 'GET' && request.method !== 'HEAD') return false;
      const headers = { ...request.headers, host: target.host };
      const { method, url: path } = request;
      const upstream = httpRequest({ host: target.hostname, port, method, path, headers });
      upstream.on('response', (answer) => {
        setSecurityHeaders(exchange, 'document');
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && name !== 'connection') response.setHeader(name, value);
        }
        response.writeHead(answer.statusCode ?? 502);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
      });
      upstream.on('error', () =>
        answerText(exchange, 502, 'The Vite dev server does not answer yet.', { Refresh: '1' }),
      );
      upstream.end();
      return true;
    },
    upgrade(request, socket, head) {
      const protocols = headerValues(request.rawHeaders, 'sec-websocket-protocol');
      if (!protocols.some((name) => VITE_PROTOCOLS.has(name))) return false;
      const upstream = connect(port, target.hostname, () => {
        const lines = [`GET ${request.url ?? '/'} HTTP/1.1`];
        for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
          const name = request.rawHeaders[i] ?? '';
          const value = name.toLowerCase() === 'host' ? target.host : request.rawHeaders[i + 1];
          lines.push(`${name}: ${value ?? ''}`);
        }
        upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
        upstream.write(head);
        upstream.pipe(socket).pipe(upstream);
      });
      upstream.on('error', () => socket.destroy());
      socket.on('error', () => upstream.destroy());
      socket.on('close', () => upstream.destroy());
      return true;
    },
  };
}
