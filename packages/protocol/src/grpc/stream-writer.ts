import { LIMITS } from '../limits.ts';
import { ProtocolError } from '../protocol-error.ts';

/** Where a writer puts bytes: a grpc-js stream. */
export interface ByteSink<Bytes extends Uint8Array = Uint8Array> {
  /** False = wait for `onDrain`. */
  write(bytes: Bytes): boolean;
  onDrain(listener: () => void): void;
}

/** Starts a timer and returns what stops it; tests pass one of their own. */
export type StartTimer = (listener: () => void, delayMs: number) => () => void;

/** Bounds of a writer. */
export interface StreamWriterOptions {
  readonly maxQueueBytes?: number;
  readonly stallTimeoutMs?: number;
  readonly startTimer?: StartTimer;
}

/** Sends the messages of one stream in order, and never holds more than its bound for a reader that is slow. */
export interface StreamWriter<T> {
  /** Queues a message. False when the stream is over: cancelled, ended, or cut because of this message. */
  write(message: T): boolean;
  /** Resolves when nothing is queued, or the stream is over. Await it between messages to read at the reader's pace. */
  drained(): Promise<void>;
  /** Bytes that wait here for the reader. */
  readonly queuedBytes: number;
}

/** The side of a writer that the owner of the stream holds. */
export interface OwnedStreamWriter<T> extends StreamWriter<T> {
  /** Drops what is queued; later writes return false. */
  close(): void;
}

/**
 * A writer with a queue of at most 1 MiB. A queue that overflows, or does not move for 10 s, is dropped and
 * `onCut` is called once with SLOW_CONSUMER; the owner then ends the stream.
 */
export function createStreamWriter<T, Bytes extends Uint8Array>(
  sink: ByteSink<Bytes>,
  encode: (message: T) => Bytes,
  onCut: (error: ProtocolError) => void,
  options: StreamWriterOptions = {},
): OwnedStreamWriter<T> {
  const {
    maxQueueBytes = LIMITS.maxOutboxBytes,
    stallTimeoutMs = LIMITS.slowReaderMs,
    startTimer = startNodeTimer,
  } = options;
  let queue: Bytes[] = [];
  let queuedBytes = 0;
  let blocked = false;
  let closed = false;
  let stopTimer: (() => void) | undefined;
  let waiting: (() => void)[] = [];

  sink.onDrain(() => {
    blocked = false;
    restartTimer();
    flush();
  });

  function flush(): void {
    let sent = 0;
    while (!blocked && !closed) {
      const bytes = queue[sent];
      if (bytes === undefined) break;
      sent++;
      queuedBytes -= bytes.length;
      blocked = !sink.write(bytes);
    }
    if (sent > 0) queue = queue.slice(sent);
    restartTimer();
    if (closed || (queue.length === 0 && !blocked)) settle();
  }

  function restartTimer(): void {
    stopTimer?.();
    stopTimer = undefined;
    if (blocked && !closed) {
      stopTimer = startTimer(() => cut('does not read'), stallTimeoutMs);
    }
  }

  function cut(message: string): void {
    if (closed) return;
    close();
    onCut(new ProtocolError('SLOW_CONSUMER', { message }));
  }

  function close(): void {
    closed = true;
    queue = [];
    queuedBytes = 0;
    restartTimer();
    settle();
  }

  function settle(): void {
    const resolved = waiting;
    waiting = [];
    for (const resolve of resolved) resolve();
  }

  return {
    write(message) {
      if (closed) return false;
      const bytes = encode(message);
      if (!blocked) {
        blocked = !sink.write(bytes);
        if (blocked) restartTimer();
        return !closed;
      }
      queue.push(bytes);
      queuedBytes += bytes.length;
      if (queuedBytes > maxQueueBytes) cut('reads too slowly');
      return !closed;
    },
    drained() {
      if (closed || (!blocked && queue.length === 0)) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
    get queuedBytes() {
      return queuedBytes;
    },
    close,
  };
}

function startNodeTimer(listener: () => void, delayMs: number): () => void {
  const timer = setTimeout(listener, delayMs);
  return () => clearTimeout(timer);
}
