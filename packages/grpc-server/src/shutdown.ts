import { setTimeout as wait } from 'node:timers/promises';
import type { Server } from '@grpc/grpc-js';
import type { CommandCounter } from './rpc/chat-commands.ts';
import type { Health } from './rpc/health.ts';
import type { OpenStreams } from './rpc/open-streams.ts';

/** Commands at work get this long to be answered; a commit takes milliseconds. */
const IN_FLIGHT_MS = 3_000;
/** When nothing is at work for so long, what was on the wire has been read and answered. */
const QUIET_MS = 30;
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
  await within(quiet(parts.counter), IN_FLIGHT_MS);
  parts.streams.drain();
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  await within(closed, CALLS_MS);
  server.forceShutdown();
}

async function quiet(counter: CommandCounter): Promise<void> {
  for (;;) {
    await counter.idle();
    const { started } = counter;
    await wait(QUIET_MS);
    if (counter.started === started) return;
  }
}

async function within(work: Promise<void>, limitMs: number): Promise<void> {
  const limit = Promise.withResolvers<void>();
  const timer = setTimeout(limit.resolve, limitMs);
  await Promise.race([work, limit.promise]);
  clearTimeout(timer);
}
