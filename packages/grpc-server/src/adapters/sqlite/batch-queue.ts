import { ProtocolError } from '@chat/protocol';
import type { CommitEvent } from '../../ports/room-log.ts';
import type { CallResult } from './engine.ts';
import type { Call } from './operations/run-operation.ts';
import type { StoreLink } from './store-link.ts';

/** Numbers of a queue. */
export interface BatchLimits {
  /** Calls in one batch, which is one transaction. */
  readonly maxBatch: number;
  /** Batches handed over and not answered. Two keep the thread busy while the other is being answered here. */
  readonly maxInFlight: number;
  /** Calls accepted and not answered; more are refused as OVERLOADED. */
  readonly maxQueued: number;
}

/** What the queue tells its owner. */
export interface BatchListener {
  /** A batch is durable. Called before its promises resolve. */
  committed(events: readonly CommitEvent[]): void;
  /** A batch failed as a whole. Its promises reject. */
  failed(detail: string, corrupt: boolean): void;
}

/** Gathers calls into batches: while some are in flight the next one grows, so grouping costs no waiting (G1). */
export interface BatchQueue {
  /** Resolves with the call's value after the commit. Rejects with OVERLOADED, STORE_FAILED or what the call threw. */
  call(call: Call): Promise<unknown>;
  /** Resolves when nothing is queued or in flight. */
  drained(): Promise<void>;
}

interface Waiting {
  readonly call: Call;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: ProtocolError) => void;
}

/** Told to callers that find the queue full: about the time to work a full queue off. */
const OVERLOAD_RETRY_MS = 250;

/** Makes a queue in front of a link. */
export function createBatchQueue(
  link: Pick<StoreLink, 'run'>,
  limits: BatchLimits,
  listener: BatchListener,
): BatchQueue {
  let queue: Waiting[] = [];
  let inFlight = 0;
  let unanswered = 0;
  let scheduled = false;
  let idle: (() => void)[] = [];

  const pump = (): void => {
    scheduled = false;
    while (queue.length > 0 && inFlight < limits.maxInFlight) {
      const batch = queue.slice(0, limits.maxBatch);
      queue = queue.slice(limits.maxBatch);
      inFlight += 1;
      void run(batch);
    }
  };

  const run = async (batch: readonly Waiting[]): Promise<void> => {
    const reply = await link.run(batch.map(({ call }) => call));
    inFlight -= 1;
    unanswered -= batch.length;
    // The thread gets its next batch before the answers of this one are worked on.
    pump();
    if (reply.ok) {
      if (reply.events.length > 0) listener.committed(reply.events);
      for (const [index, waiting] of batch.entries()) settle(waiting, reply.results[index]);
    } else {
      listener.failed(reply.detail, reply.corrupt);
      const error = new ProtocolError('STORE_FAILED', { cause: reply.detail });
      for (const waiting of batch) waiting.reject(error);
    }
    if (unanswered > 0) return;
    for (const resolve of idle) resolve();
    idle = [];
  };

  return {
    call: (call) => {
      if (unanswered >= limits.maxQueued) {
        const error = new ProtocolError('OVERLOADED', { retryAfterMs: OVERLOAD_RETRY_MS });
        return Promise.reject(error);
      }
      unanswered += 1;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      queue.push({ call, resolve, reject });
      if (!scheduled) {
        scheduled = true;
        // Everything that arrives in this turn of the event loop shares the batch.
        setImmediate(pump);
      }
      return promise;
    },
    drained: () =>
      unanswered === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve)),
  };
}

function settle(waiting: Waiting, result: CallResult | undefined): void {
  if (result?.ok === true) {
    waiting.resolve(result.value);
    return;
  }
  const { code, field, detail } = result?.error ?? {
    code: 'INTERNAL' as const,
    field: undefined,
    detail: 'No result.',
  };
  waiting.reject(new ProtocolError(code, { field, cause: detail }));
}
