import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Fields that never reach the log, wherever they stand in a logged object. */
const SECRETS = [
  'token',
  'accessToken',
  'refreshToken',
  'password',
  'passwordHash',
  'text',
  'secret',
];

/** The log of the process, on standard output. Message texts and tokens never go in. */
export function createLogger(options: {
  readonly level: string;
  readonly format: 'json' | 'pretty';
}): Logger {
  const settings = {
    level: options.level,
    base: { name: 'server' },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '(redacted)' },
  };
  if (options.format === 'json') return pino(settings);
  // In this thread: a worker would lose the last lines at exit.
  return pino(settings, pretty({ ignore: 'pid,hostname', singleLine: true, sync: true }));
}
