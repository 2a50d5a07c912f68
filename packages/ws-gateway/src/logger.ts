import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** How the log is written. */
export interface LogOptions {
  readonly level: string;
  readonly format: 'json' | 'pretty';
}

/** The process's log, on standard output. Message texts and tokens never go in. */
export function createLogger(options: LogOptions): Logger {
  const settings = { name: 'gateway', level: options.level, base: { name: 'gateway' } };
  if (options.format === 'json') return pino(settings);
  // In this thread: a worker would lose the last lines at exit.
  return pino(settings, pretty({ ignore: 'pid,hostname', singleLine: true, sync: true }));
}
