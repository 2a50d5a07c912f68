import { hostPort, oneOf, onOff, optionalHostPort, setting, textList } from '@chat/settings';
import { z } from 'zod';

/** Every setting of the server. */
export const serverSchema = z.object({
  grpcListen: setting(hostPort().default('0.0.0.0:50051'), {
    env: 'CHAT_GRPC_LISTEN',
    help: 'Address of the gRPC door.',
  }),
  metricsListen: setting(optionalHostPort().default('127.0.0.1:9464'), {
    env: 'CHAT_METRICS_LISTEN',
    help: 'Address of /metrics for Prometheus; empty = none.',
  }),
  dataDir: setting(z.string().min(1).default('./data'), {
    env: 'CHAT_DATA_DIR',
    help: 'Folder of the database.',
  }),
  store: setting(oneOf('sqlite', 'memory').default('sqlite'), {
    env: 'CHAT_STORE',
    help: 'sqlite keeps everything in the data folder; memory forgets it at the end.',
  }),
  guests: setting(onOff().default(true), {
    env: 'CHAT_GUESTS',
    help: 'Whether people may enter with a name only.',
  }),
  admins: setting(textList().default([]), {
    env: 'CHAT_ADMINS',
    help: 'User names that become administrators when they register, comma-separated.',
  }),
  rateLimits: setting(onOff().default(true), {
    env: 'CHAT_RATE_LIMITS',
    help: 'Limits of how fast users may act.',
  }),
  reflection: setting(onOff().default(true), {
    env: 'CHAT_REFLECTION',
    help: 'gRPC server reflection. Switch it off where strangers reach the port.',
  }),
  trustedGateways: setting(textList().default([]), {
    env: 'CHAT_TRUSTED_GATEWAYS',
    help: 'Addresses of gateways that may name the client address; loopback always may.',
  }),
  logLevel: setting(oneOf('debug', 'info', 'warn', 'error', 'silent').default('info'), {
    env: 'CHAT_LOG_LEVEL',
    help: 'Least severity that is logged.',
  }),
  logFormat: setting(oneOf('pretty', 'json').default(process.stdout.isTTY ? 'pretty' : 'json'), {
    env: 'CHAT_LOG_FORMAT',
    help: 'pretty for people, json for machines.',
  }),
});

/** The settings, checked. */
export type ServerConfig = Readonly<z.output<typeof serverSchema>>;

/** All defaults, for tests and embedding. */
export function defaultServerConfig(): ServerConfig {
  return Object.freeze(serverSchema.parse({}));
}

/** "host:port" in its two parts. */
export function splitHostPort(text: string): { readonly host: string; readonly port: number } {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}
