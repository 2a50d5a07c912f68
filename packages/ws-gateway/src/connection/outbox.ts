import type { Clock } from '../ports/clock.ts';
import type { ConnectionSocket } from '../ports/socket.ts';

/** Bounds of one socket's outbox. */
export interface OutboxLimits {
  readonly maxOutboxBytes: number;
  readonly maxOutboxFrames: number;
  /** A queue that does not move for this long belongs to a dead reader. */
  readonly slowReaderMs: number;
}

export interface OutboxOptions {
  readonly socket: ConnectionSocket;
  readonly limits: OutboxLimits;
  readonly clock: Clock;
  /** Runs a task at the end of the tick, shared by all connections. */
  readonly soon: (task: () => void) => void;
  /** There is room again after `writable` was seen false. */
  readonly onWritable: () => void;
  /** Frames that must arrive have no room left: the reader is lost. */
  readonly onOverflow: () => void;
  readonly onWritten: (frames: number, bytes: number) => void;
}

/** Frames on their way to one socket: one write per tick, bounded, two lanes. */
export interface Outbox {
  /** True while there is room for response messages; reading false subscribes to `onWritable`. */
  readonly writable: () => boolean;
  /** Queues a frame that must arrive. Callers keep to `writable` for messages; small control frames may exceed it. */
  readonly push: (frame: Buffer) => void;
  /** Queues a frame that may be given up; see CallSink.sendEphemeral. */
  readonly pushEphemeral: (
    owner: number,
    key: string | undefined,
    frame: Buffer,
  ) => Buffer | 'queued' | 'dropped';
  readonly forgetEphemeral: (owner: number) => void;
  /** Writes everything now that the socket takes. */
  flush(): void;
  readonly onDrain: () => void;
  /** True when nothing has left for too long. Called about once a second. */
  isStalled(): boolean;
  readonly queuedBytes: number;
  /** Forgets everything; later calls do nothing. */
  close(): void;
}

/** What the socket may hold itself; the rest waits here, where it can be counted and replaced. */
const SOCKET_BUFFER_BYTES = 131_072;

interface EphemeralFrame {
  readonly owner: number;
  readonly frame: Buffer;
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { socket, limits, clock } = options;
  let durable: Buffer[] = [];
  const ephemeral = new Map<string, EphemeralFrame>();
  let queuedBytes = 0;
  /** Of the socket, when last looked at; since then it can only have become less. */
  let buffered = 0;
  let unkeyed = 0;
  let scheduled = false;
  let refused = false;
  let closed = false;
  let writtenBytes = 0;
  let leftBytes = 0;
  let movedAtMs = clock.nowMs();

  const isBelowHalf = (): boolean =>
    queuedBytes + buffered < limits.maxOutboxBytes / 2 &&
    durable.length + ephemeral.size < limits.maxOutboxFrames / 2;

  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    options.soon(flush);
  };

  const noteMovement = (): void => {
    const left = writtenBytes - socket.bufferedBytes;
    if (left === leftBytes && queuedBytes + socket.bufferedBytes > 0) return;
    leftBytes = left;
    movedAtMs = clock.nowMs();
  };

  const flush = (): void => {
    scheduled = false;
    if (closed) return;
    buffered = socket.bufferedBytes;
    const room = SOCKET_BUFFER_BYTES - buffered;
    if (room > 0 && queuedBytes > 0) {
      const before = queuedBytes;
      const batch = take(room);
      const bytes = before - queuedBytes;
      writtenBytes += bytes;
      options.onWritten(batch.length, bytes);
      socket.write(batch);
      buffered = socket.bufferedBytes;
    }
    if (refused && isBelowHalf()) {
      refused = false;
      options.onWritable();
    }
  };

  /** The longest prefix whose last frame still begins within the room: durable first. */
  const take = (room: number): Buffer[] => {
    let bytes = 0;
    let count = 0;
    while (count < durable.length && bytes < room) bytes += durable[count++]?.length ?? 0;
    const batch = count === durable.length ? durable : durable.slice(0, count);
    durable = count === durable.length ? [] : durable.slice(count);
    if (ephemeral.size > 0) {
      for (const [key, { frame }] of ephemeral) {
        if (bytes >= room) break;
        ephemeral.delete(key);
        batch.push(frame);
        bytes += frame.length;
      }
    }
    queuedBytes -= bytes;
    return batch;
  };

  return {
    writable() {
      const writable = isBelowHalf();
      if (!writable) refused = true;
      return writable && !closed;
    },
    push(frame) {
      if (closed) return;
      durable.push(frame);
      queuedBytes += frame.length;
      // Messages stop at half (one may be large); what is counted here on top are small frames.
      const smallFrames = durable.length > limits.maxOutboxFrames;
      const tooMuch = queuedBytes - frame.length > limits.maxOutboxBytes && durable.length > 1;
      if (smallFrames || tooMuch) {
        flush();
        if (
          durable.length > limits.maxOutboxFrames ||
          queuedBytes > limits.maxOutboxBytes + frame.length
        ) {
          options.onOverflow();
          return;
        }
      }
      schedule();
    },
    pushEphemeral(owner, key, frame) {
      if (closed) return 'dropped';
      const name = key === undefined ? `#${String((unkeyed += 1))}` : `${String(owner)}/${key}`;
      const replaced = ephemeral.get(name);
      if (replaced === undefined && !isBelowHalf()) return 'dropped';
      ephemeral.delete(name);
      ephemeral.set(name, { owner, frame });
      queuedBytes += frame.length - (replaced?.frame.length ?? 0);
      schedule();
      return replaced?.frame ?? 'queued';
    },
    forgetEphemeral(owner) {
      for (const [key, entry] of ephemeral) {
        if (entry.owner !== owner) continue;
        ephemeral.delete(key);
        queuedBytes -= entry.frame.length;
      }
    },
    flush,
    onDrain: flush,
    isStalled() {
      noteMovement();
      return clock.nowMs() - movedAtMs >= limits.slowReaderMs;
    },
    get queuedBytes() {
      return queuedBytes;
    },
    close() {
      closed = true;
      durable = [];
      ephemeral.clear();
      queuedBytes = 0;
    },
  };
}
