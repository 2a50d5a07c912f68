import { announceReady, settingsOrExit } from '@chat/settings';
import { serverSchema } from './config.ts';
import { createLogger } from './logger.ts';
import { createServer } from './server.ts';

/** Supervisors kill after 30 s or more; the drain must be over before. */
const MAX_EXIT_MS = 25_000;

const { values: config } = settingsOrExit({
  name: 'chat-server',
  summary: 'Keeps accounts, rooms and their logs, and serves them over gRPC.',
  schema: serverSchema,
});
const log = createLogger({ level: config.logLevel, format: config.logFormat });
process.on('unhandledRejection', (failure) => {
  // Every promise of ours is handled: this is a fault, and going on would hide it.
  log.error({ err: failure, tag: 'invariant-violation' }, 'unhandled rejection');
  process.exitCode = 1;
  throw failure;
});

// The handlers stand before the doors open: a signal during the start ends what was started.
const starting = createServer(config, { log });
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

try {
  const server = await starting;
  announceReady({ grpc: server.address }, () => void stop());
} catch (failure) {
  const reason = failure instanceof Error ? failure.message : String(failure);
  log.error({ reason }, 'cannot start');
  process.exitCode = 1;
}

async function stop(): Promise<void> {
  log.info({}, 'draining');
  setTimeout(() => process.exit(1), MAX_EXIT_MS).unref();
  // A start that failed has said so itself.
  const server = await starting.catch(() => undefined);
  await server?.close();
}
