import type { bridge } from '@chat/protocol';
import type { Metadata } from '@grpc/grpc-js';

/** Names that belong to the HTTP/2 hop, not to the call. */
const TRANSPORT: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'host',
  'server',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
]);

/** Response metadata or trailers of an upstream as the client sees them. */
export function toClientHeaders(metadata: Metadata): bridge.Header[] {
  const headers: bridge.Header[] = [];
  for (const name of Object.keys(metadata.getMap())) {
    if (name.startsWith('grpc-') || name.startsWith(':') || TRANSPORT.has(name)) continue;
    for (const value of metadata.get(name)) {
      headers.push({ name, value: typeof value === 'string' ? value : value.toString('base64') });
    }
  }
  return headers;
}
