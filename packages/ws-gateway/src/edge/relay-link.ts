import type { relay } from '@chat/protocol';
import type { CancelTimer, Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import { backoffMs, RELAY_BACKOFF } from './backoff.ts';
import {
  createRecordBatcher,
  DEFAULT_BATCHER_LIMITS,
  type RecordBatcher,
} from './record-batcher.ts';
import type { OpenRelayStream, RelayStream } from './relay-stream.ts';

/** What a link tells its owner, in the order of the stream. */
export interface RelayLinkHandlers {
  /** A stream is open; nothing of an earlier one counts any more. */
  readonly onUp: () => void;
  readonly onRecords: (records: readonly relay.ServerRecord[]) => void;
  /** The stream is gone; the link reconnects by itself. */
  readonly onDown: () => void;
}

/** One long-lived relay stream to one of several equal servers, kept open until `close`. */
export interface RelayLink {
  /** Gathered and sent at the end of this tick. False when it was not taken: down, or the queue is full. */
  send(record: relay.GatewayRecord): boolean;
  readonly up: boolean;
  /** Begins to connect. Called once. */
  start(handlers: RelayLinkHandlers): void;
  /** Sends what is gathered, then ends the stream for good. */
  close(): void;
}

/** What a link needs. */
export interface RelayLinkOptions {
  readonly addresses: readonly string[];
  readonly open: OpenRelayStream;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** A stream that lived this long was healthy: the next attempt comes at once. */
const HEALTHY_MS = 5_000;

/** A server that stays away is a line now and then, not a line each second. */
const ROUNDS_PER_LINE = 30;

/**
 * Takes the addresses in turn: the first that answers keeps the link until it breaks, then
 * the next is asked. Waits between rounds grow with full jitter, 100 ms to 2 s.
 */
export function createRelayLink(options: RelayLinkOptions): RelayLink {
  const { clock, log } = options;
  let handlers: RelayLinkHandlers | undefined;
  let stream: RelayStream | undefined;
  let batcher: RecordBatcher = createRecordBatcher(DEFAULT_BATCHER_LIMITS);
  let up = false;
  let upSinceMs = 0;
  let attempt = 0;
  let nextAddress = 0;
  let failures = 0;
  let flushScheduled = false;
  let closed = false;
  let cancelRetry: CancelTimer | undefined;

  const connect = (): void => {
    const address = options.addresses[nextAddress % options.addresses.length] ?? '';
    nextAddress += 1;
    const mine = options.open(address, {
      onOpen() {
        if (mine !== stream || closed) return;
        up = true;
        failures = 0;
        upSinceMs = clock.nowMs();
        log.info({ address }, 'relay link up');
        handlers?.onUp();
      },
      onRecords(records) {
        if (mine !== stream) return;
        attempt = 0;
        handlers?.onRecords(records);
      },
      onWritable() {
        if (mine === stream) flush();
      },
      onClosed(reason) {
        if (mine !== stream || closed) return;
        lose(address, reason);
      },
    });
    stream = mine;
  };

  const lose = (address: string, reason: string): void => {
    const wasUp = up;
    stream = undefined;
    up = false;
    batcher = createRecordBatcher(DEFAULT_BATCHER_LIMITS);
    if (wasUp && clock.nowMs() - upSinceMs >= HEALTHY_MS) attempt = 0;
    // The other servers are asked at once; only a round in which none answered is followed by a wait.
    const isRoundOver = wasUp || (failures += 1) % options.addresses.length === 0;
    const waitMs = isRoundOver ? backoffMs(attempt, RELAY_BACKOFF, options.random) : 0;
    if (isRoundOver) attempt += 1;
    const fields = { address, reason, waitMs };
    if (wasUp) log.warn(fields, 'relay link lost');
    else if (isRoundOver && attempt % ROUNDS_PER_LINE === 1) log.warn(fields, 'no chat server');
    else log.debug(fields, 'relay link not reached');
    cancelRetry = clock.after(waitMs, connect);
    if (wasUp) handlers?.onDown();
  };

  const flush = (): void => {
    flushScheduled = false;
    while (stream?.writable === true) {
      const message = batcher.next();
      if (message === undefined) return;
      stream.write(message);
    }
  };

  return {
    send(record) {
      if (!up || !batcher.add(record)) return false;
      if (!flushScheduled) {
        flushScheduled = true;
        clock.soon(flush);
      }
      return true;
    },
    get up() {
      return up;
    },
    start(given) {
      handlers = given;
      connect();
    },
    close() {
      flush();
      closed = true;
      up = false;
      cancelRetry?.();
      stream?.close();
      stream = undefined;
    },
  };
}
