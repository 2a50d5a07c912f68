import { announceReady, settingsOrExit } from '@chat/settings';
import { gatewaySchema } from './config.ts';
import { ListenError } from './http/listen.ts';
import { createLogger } from './logger.ts';
import { createGateway, type Gateway } from './server.ts';

/** Taken when nobody chose a port and 8080 is in use. */
const FALLBACK_PORT = 8082;
/** Supervisors kill after 30 s or more; the drain must be over before. */
const MAX_EXIT_MS = 25_000;

const { values: config, given } = settingsOrExit({
  name: 'chat-gateway',
  summary: 'Serves the web app and the bridge in front of chat servers.',
  schema: gatewaySchema,
});
const log = createLogger({ level: config.logLevel, format: config.logFormat });
process.once('uncaughtException', (err) => {
  // Nothing is known of the state any more: going on would be worse than coming back.
  log.error({ err, tag: 'invariant-violation' }, 'uncaught exception');
  process.exit(1);
});
const isPortChosen = given['CHAT_WS_PORT'] !== undefined;

try {
  const gateway = await createGateway(config, {
    log,
    ...(isPortChosen ? {} : { fallbackPort: FALLBACK_PORT }),
  });
  if (gateway.fellBack) {
    log.warn({ port: gateway.port }, `port ${config.wsPort} is in use, so ${gateway.port} is used`);
  }
  log.info({ port: gateway.port }, `ready at http://localhost:${gateway.port}`);
  process.once('SIGTERM', () => void stop(gateway));
  process.once('SIGINT', () => void stop(gateway));
  announceReady({ http: `${config.wsHost}:${gateway.port}` }, () => void stop(gateway));
} catch (error) {
  if (!(error instanceof ListenError)) throw error;
  log.error({ code: 'LISTEN' }, error.message);
  process.exitCode = 1;
}

async function stop(gateway: Gateway): Promise<void> {
  log.info({ sockets: gateway.openSockets }, 'draining');
  setTimeout(() => process.exit(1), MAX_EXIT_MS).unref();
  await gateway.drain();
  log.info({}, 'closed');
}
