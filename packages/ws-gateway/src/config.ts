import { LIMITS } from '@chat/protocol';
import { hostPort, oneOf, onOff, port, setting, textList, wholeNumber } from '@chat/settings';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** Where the web app lies in the workspace, seen from `src/` and from `dist/` alike. */
const BUILT_WEB_APP = fileURLToPath(new URL('../../web/dist', import.meta.url));

/** Many people behind one company's address; an operator who knows better raises it. */
const MAX_SOCKETS_PER_PROCESS = 12_000;
/** Spread of GoAway over the sockets; with the rest of the drain it stays below 25 s. */
const DRAIN_MS = 10_000;

/** Every setting of the gateway. */
export const gatewaySchema = z.object({
  wsPort: setting(port().default(8080), {
    env: 'CHAT_WS_PORT',
    help: 'Port of HTTP and WebSocket. When 8080 is taken and no port was chosen, 8082 is used.',
  }),
  wsHost: setting(z.string().default('0.0.0.0'), {
    env: 'CHAT_WS_HOST',
    help: 'Address to listen on.',
  }),
  grpcAddr: setting(
    textList()
      .pipe(z.array(hostPort()).min(1, { message: 'names at least one host:port' }).readonly())
      .default(['localhost:50051']),
    { env: 'CHAT_GRPC_ADDR', help: 'Chat servers, comma-separated host:port.' },
  ),
  origins: setting(textList().default([]), {
    env: 'CHAT_ORIGINS',
    help: 'More origins that may connect, exact, such as https://chat.example.org.',
  }),
  trustedProxies: setting(textList().default([]), {
    env: 'CHAT_TRUSTED_PROXIES',
    help: 'Addresses or CIDR ranges of proxies whose X-Forwarded headers count.',
  }),
  webDir: setting(z.string().default(BUILT_WEB_APP), {
    env: 'CHAT_WEB_DIR',
    help: 'Folder of the built web app.',
  }),
  upstreams: setting(textList().pipe(z.array(hostPort()).readonly()).default([]), {
    env: 'CHAT_UPSTREAMS',
    help: "More gRPC servers for the bridge, comma-separated host:port. They must speak reflection; users' tokens are forwarded to them.",
  }),
  devWeb: setting(z.string().default(''), {
    env: 'CHAT_DEV_WEB',
    help: 'Address of a Vite dev server that serves the web app instead, with live reload.',
  }),
  rateLimits: setting(onOff().default(true), {
    env: 'CHAT_RATE_LIMITS',
    help: 'Limits of sockets, handshakes, frames and calls.',
  }),
  maxSocketsPerUser: setting(wholeNumber(1, 100_000).default(LIMITS.maxSocketsPerUser), {
    env: 'CHAT_MAX_SOCKETS_PER_USER',
    help: 'Sockets of one user.',
  }),
  maxSocketsPerAddress: setting(wholeNumber(1, 100_000).default(LIMITS.maxSocketsPerAddress), {
    env: 'CHAT_MAX_SOCKETS_PER_ADDRESS',
    help: 'Sockets of one address (/64 for IPv6).',
  }),
  maxSockets: setting(wholeNumber(1, 1_000_000).default(MAX_SOCKETS_PER_PROCESS), {
    env: 'CHAT_MAX_SOCKETS',
    help: 'Sockets of this process.',
  }),
  drainMs: setting(wholeNumber(0, 60_000).default(DRAIN_MS), {
    env: 'CHAT_DRAIN_MS',
    help: 'Time over which clients are sent away at the end, in milliseconds.',
  }),
  logLevel: setting(oneOf('debug', 'info', 'warn', 'error', 'silent').default('info'), {
    env: 'CHAT_LOG_LEVEL',
    help: 'Least severe lines that are written.',
  }),
  logFormat: setting(oneOf('json', 'pretty').default('json'), {
    env: 'CHAT_LOG_FORMAT',
    help: 'One JSON object a line, or text for people.',
  }),
});

/** The settings, checked and frozen. */
export type GatewayConfig = Readonly<z.output<typeof gatewaySchema>>;

/** The defaults with a few changed: for tests and for starting a gateway inside another program. */
export function gatewayConfig(changes: Partial<GatewayConfig> = {}): GatewayConfig {
  return Object.freeze({ ...gatewaySchema.parse({}), ...changes });
}
