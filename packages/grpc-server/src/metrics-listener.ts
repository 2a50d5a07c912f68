import { createServer } from 'node:http';
import { once } from 'node:events';
import type { Metrics } from './events.ts';

/** The little HTTP door for Prometheus. */
export interface MetricsListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Serves /metrics and nothing else. Rejects when the address is in use. */
export async function listenForMetrics(
  metrics: Metrics,
  address: { readonly host: string; readonly port: number },
): Promise<MetricsListener> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404).end();
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  server.headersTimeout = 3_000;
  server.requestTimeout = 5_000;
  server.maxConnections = 16;
  server.listen(address.port, address.host);
  await once(server, 'listening');
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
