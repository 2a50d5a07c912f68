import { ProtocolError } from '@chat/protocol';
import type { Clock } from '../../ports/clock.ts';
import type { CommitEvent } from '../../ports/room-log.ts';
import type { Store, StoreHealth } from '../../ports/store.ts';
import { type BatchLimits, createBatchQueue } from './batch-queue.ts';
import { createPorts } from './create-ports.ts';
import type { StoreLink } from './store-link.ts';

/** Writes: batches of 64 keep the wait for one fsync below 5 ms; 2,000 waiting are some 100 ms of work. */
export const WRITE_LIMITS: BatchLimits = { maxBatch: 64, maxInFlight: 2, maxQueued: 2_000 };
/** Reads share a snapshot; small batches keep a cheap one from waiting behind many dear ones. */
export const READ_LIMITS: BatchLimits = { maxBatch: 16, maxInFlight: 2, maxQueued: 2_000 };

/** How often a failed store tries to open itself again. */
const REOPEN_EVERY_MS = 1_000;

/** The parts of a store. */
export interface StoreParts {
  readonly epoch: string;
  readonly writer: StoreLink;
  readonly reader: StoreLink;
  readonly clock: Clock;
  /** Called when the store fails or works again; for log and metrics. */
  readonly onHealth: (health: StoreHealth) => void;
  /** Called last. */
  readonly release: () => void;
  readonly writeLimits?: BatchLimits;
  readonly reopenEveryMs?: number;
}

/** A store over a link for writes and one for reads. */
export function assembleStore(parts: StoreParts): Store {
  const { writer, reader, clock } = parts;
  const listeners = new Set<(events: readonly CommitEvent[]) => void>();
  const reopenEveryMs = parts.reopenEveryMs ?? REOPEN_EVERY_MS;
  let health: StoreHealth = { state: 'ready' };
  let corrupt = false;
  let retry: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;

  const setHealth = (next: StoreHealth): void => {
    health = next;
    parts.onHealth(next);
  };

  /** Fail stop (G19): no write is tried, far less acknowledged, before the file was opened and checked anew. */
  const fail = (reason: string, isCorrupt: boolean): void => {
    // Damaged data does not heal by waiting; a person has to look (G18).
    corrupt ||= isCorrupt;
    if (health.state === 'closed') return;
    if (health.state === 'ready' || isCorrupt) setHealth({ state: 'failed', reason });
    if (retry === undefined && !corrupt && closing === undefined)
      retry = setTimeout(() => void reopen(), reopenEveryMs);
    if (corrupt) clearTimeout(retry);
  };
  const reopen = async (): Promise<void> => {
    const opened = await writer.reopen();
    retry = undefined;
    if (closing !== undefined || corrupt) return;
    if (opened.ok) setHealth({ state: 'ready' });
    else fail(opened.detail, opened.corrupt);
  };

  const writes = createBatchQueue(writer, parts.writeLimits ?? WRITE_LIMITS, {
    committed: (events) => {
      for (const listener of listeners) listener(events);
    },
    failed: fail,
  });
  const reads = createBatchQueue(reader, READ_LIMITS, {
    committed: () => undefined,
    // A read that cannot be done says nothing about writes, unless the data itself is damaged.
    failed: (detail, isCorrupt) => {
      if (isCorrupt) fail(detail, true);
      else void reader.reopen();
    },
  });

  const ports = createPorts(
    (kind, port, method, args) => {
      const refused = health.state === 'closed' || (kind === 'write' && health.state === 'failed');
      if (refused) {
        const cause = health.state === 'failed' ? health.reason : 'The store is closed.';
        return Promise.reject(new ProtocolError('STORE_FAILED', { cause }));
      }
      const call = { port, method, args, nowMs: clock.nowMs() };
      return kind === 'write' ? writes.call(call) : reads.call(call);
    },
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  );

  const close = async (): Promise<void> => {
    clearTimeout(retry);
    health = { state: 'closed' };
    await Promise.all([writes.drained(), reads.drained()]);
    await reader.close();
    await writer.close();
    listeners.clear();
    parts.release();
  };

  return {
    ...ports,
    epoch: parts.epoch,
    health: () => health,
    close: () => (closing ??= close()),
  };
}
