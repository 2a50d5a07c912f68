import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Server } from '@grpc/grpc-js';
import type { CommandCounter } from './rpc/chat-commands.ts';
import type { Health } from './rpc/health.ts';
import type { OpenStreams } from './rpc/open-streams.ts';

/** Commands at work get this long to be answered; a commit takes milliseconds. */
const IN_FLIGHT_MS = 3_000;
/** Unary calls at work get this long; then the connections are cut. */
const CALLS_MS = 6_000;

/**
 * Ends the server so that nothing accepted is lost: not serving → answers of what is at work → streams ended by us
 * (grpc-js would wait for them for ever) → calls at work → cut. At most 10 s.
 */
export async function drainServer(
  server: Server,
  parts: {
    readonly health: Health;
    readonly streams: OpenStreams;
    readonly counter: CommandCounter;
  },
): Promise<void> {
  parts.health.set(false);
  await within(parts.counter.idle(), IN_FLIGHT_MS);
  await nextTurn(); // answers of this turn are gathered until its end
  parts.streams.drain();
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  await within(closed, CALLS_MS);
  server.forceShutdown();
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}
