/** Where the chat is, and how to speak to it. */
export type ServerAddress =
  /** gRPC directly, `host:port`. */
  | { readonly kind: 'grpc'; readonly address: string }
  /** Through a gateway: the WebSocket URL of its bridge. */
  | { readonly kind: 'bridge'; readonly url: string };

/** Port of the gRPC server when none is given. */
const DEFAULT_GRPC_PORT = 50_051;

/** Reads the server argument; undefined when it is none of the known forms. */
export function parseServer(text: string): ServerAddress | undefined {
  if (/^(wss?|https?):\/\//i.test(text)) return parseBridge(text);
  const rest = text.replace(/^grpc:\/\//i, '');
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(rest);
  if (match === null) return undefined;
  const port = match[2] === undefined ? DEFAULT_GRPC_PORT : Number(match[2]);
  if (port < 1 || port > 65_535) return undefined;
  return { kind: 'grpc', address: `${match[1] ?? ''}:${port}` };
}

function parseBridge(text: string): ServerAddress | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  // Credentials and tokens have no place in an address that ends in logs.
  if (url.username !== '' || url.search !== '') return undefined;
  url.protocol = url.protocol.replace('http', 'ws');
  if (url.pathname === '/' || url.pathname.startsWith('/j/')) url.pathname = '/bridge';
  url.hash = '';
  return { kind: 'bridge', url: url.href };
}
