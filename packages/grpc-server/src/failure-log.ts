import { ERROR_TABLE, type ProtocolError } from '@chat/protocol';
import type { Logger } from 'pino';
import { TokenBuckets } from './limits/token-bucket.ts';
import type { Clock } from './ports/clock.ts';

/** Lines of one code: a flood of bad requests must not become a flood of the log. Metrics count all of them. */
const LINES = { uses: 2, periodMs: 1_000, burst: 20 };

/** Logs failures of calls and commands by the level of their code. Faults of ours are never left out. */
export function createFailureLog(
  log: Logger,
  clock: Clock,
): (error: ProtocolError, call?: { readonly path: string }) => void {
  const lines = new TokenBuckets(clock, LINES);
  return (error, call) => {
    const { code, field, cause } = error;
    const { logLevel } = ERROR_TABLE[code];
    if (logLevel !== 'error' && lines.take(code) > 0) return;
    // The cause of a peer's fault is the peer's bytes, and of no use.
    const err = logLevel === 'error' ? cause : undefined;
    log[logLevel]({ code, field, path: call?.path.slice(0, 128), err }, 'refused');
  };
}
