import type { Clock } from '../ports/clock.ts';
import type { ConnectionSocket } from '../ports/socket.ts';

/** Bounds of one socket's outbox. */
export interface OutboxLimits {
  readonly maxOutboxBytes: number;
  readonly maxOutboxFrames: number;
  /** A queue that does not move for this long belongs to a dead reader. */
  readonly slowReaderMs: number;
}

/** What an outbox needs of its connection. */
export interface OutboxOwner {
  readonly socket: ConnectionSocket;
  readonly shared: {
    readonly limits: OutboxLimits;
    readonly clock: Clock;
    /** Runs a task at the end of the tick, shared by all connections. */
    readonly soon: (task: () => void) => void;
  };
  /** There is room again after `writable` was seen false. */
  onOutboxWritable(): void;
  /** Frames that must arrive have no room left: the reader is lost. */
  onOutboxOverflow(): void;
  onOutboxWritten(frames: number, bytes: number): void;
}

/** Frames on their way to one socket: one write per tick, bounded, two lanes. */
export interface Outbox {
  /** True while there is room for response messages; reading false subscribes to `onWritable`. */
  writable(): boolean;
  /** Queues a frame that must arrive. Callers keep to `writable` for messages; small control frames may exceed it. */
  push(frame: Buffer): void;
  /** Queues a frame that may be given up; see CallSink.sendEphemeral. */
  pushEphemeral(
    owner: number,
    key: string | undefined,
    frame: Buffer,
  ): Buffer | 'queued' | 'dropped';
  forgetEphemeral(owner: number): void;
  /** Writes everything now that the socket takes; also to be called when it drains. */
  readonly flush: () => void;
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

const NO_EPHEMERAL: ReadonlyMap<string, EphemeralFrame> = new Map();

class SocketOutbox implements Outbox {
  queuedBytes = 0;
  readonly #owner: OutboxOwner;
  #durable: Buffer[] = [];
  /** Made when first needed: most sockets never have one. */
  #ephemeral: Map<string, EphemeralFrame> | undefined;
  /** Of the socket, when last looked at; since then it can only have become less. */
  #buffered = 0;
  #unkeyed = 0;
  #scheduled = false;
  #refused = false;
  #closed = false;
  #writtenBytes = 0;
  #leftBytes = 0;
  #movedAtMs: number;

  constructor(owner: OutboxOwner) {
    this.#owner = owner;
    this.#movedAtMs = owner.shared.clock.nowMs();
  }

  writable(): boolean {
    const writable = this.#isBelowHalf();
    if (!writable) this.#refused = true;
    return writable && !this.#closed;
  }

  push(frame: Buffer): void {
    if (this.#closed) return;
    const { maxOutboxBytes, maxOutboxFrames } = this.#owner.shared.limits;
    this.#durable.push(frame);
    this.queuedBytes += frame.length;
    // Messages stop at half (one may be large); what is counted here on top are small frames.
    if (
      this.#durable.length > maxOutboxFrames ||
      this.queuedBytes > maxOutboxBytes + frame.length
    ) {
      this.flush();
      if (
        this.#durable.length > maxOutboxFrames ||
        this.queuedBytes > maxOutboxBytes + frame.length
      ) {
        this.#owner.onOutboxOverflow();
        return;
      }
    }
    this.#schedule();
  }

  pushEphemeral(
    owner: number,
    key: string | undefined,
    frame: Buffer,
  ): Buffer | 'queued' | 'dropped' {
    if (this.#closed) return 'dropped';
    const ephemeral = (this.#ephemeral ??= new Map<string, EphemeralFrame>());
    const name = key === undefined ? `#${String((this.#unkeyed += 1))}` : `${String(owner)}/${key}`;
    const replaced = ephemeral.get(name);
    if (replaced === undefined && !this.#isBelowHalf()) return 'dropped';
    ephemeral.delete(name);
    ephemeral.set(name, { owner, frame });
    this.queuedBytes += frame.length - (replaced?.frame.length ?? 0);
    this.#schedule();
    return replaced?.frame ?? 'queued';
  }

  forgetEphemeral(owner: number): void {
    for (const [key, entry] of this.#ephemeral ?? NO_EPHEMERAL) {
      if (entry.owner !== owner) continue;
      this.#ephemeral?.delete(key);
      this.queuedBytes -= entry.frame.length;
    }
  }

  readonly flush = (): void => {
    this.#scheduled = false;
    if (this.#closed) return;
    const { socket } = this.#owner;
    this.#buffered = socket.bufferedBytes;
    const room = SOCKET_BUFFER_BYTES - this.#buffered;
    if (room > 0 && this.queuedBytes > 0) {
      const before = this.queuedBytes;
      const batch = this.#take(room);
      const bytes = before - this.queuedBytes;
      this.#writtenBytes += bytes;
      this.#owner.onOutboxWritten(batch.length, bytes);
      socket.write(batch);
      this.#buffered = socket.bufferedBytes;
    }
    if (this.#refused && this.#isBelowHalf()) {
      this.#refused = false;
      this.#owner.onOutboxWritable();
    }
  };

  isStalled(): boolean {
    const { socket, shared } = this.#owner;
    const { clock, limits } = shared;
    const nowMs = clock.nowMs();
    const left = this.#writtenBytes - socket.bufferedBytes;
    if (left !== this.#leftBytes || this.queuedBytes + socket.bufferedBytes === 0) {
      this.#leftBytes = left;
      this.#movedAtMs = nowMs;
    }
    return nowMs - this.#movedAtMs >= limits.slowReaderMs;
  }

  close(): void {
    this.#closed = true;
    this.#durable = [];
    this.#ephemeral = undefined;
    this.queuedBytes = 0;
  }

  #isBelowHalf(): boolean {
    const { maxOutboxBytes, maxOutboxFrames } = this.#owner.shared.limits;
    const frames = this.#durable.length + (this.#ephemeral?.size ?? 0);
    return this.queuedBytes + this.#buffered < maxOutboxBytes / 2 && frames < maxOutboxFrames / 2;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#owner.shared.soon(this.flush);
  }

  /** The longest prefix whose last frame still begins within the room: durable first. */
  #take(room: number): Buffer[] {
    const durable = this.#durable;
    let bytes = 0;
    let count = 0;
    while (count < durable.length && bytes < room) bytes += durable[count++]?.length ?? 0;
    const batch = count === durable.length ? durable : durable.slice(0, count);
    this.#durable = count === durable.length ? [] : durable.slice(count);
    if (this.#ephemeral !== undefined) {
      for (const [key, { frame }] of this.#ephemeral) {
        if (bytes >= room) break;
        this.#ephemeral.delete(key);
        batch.push(frame);
        bytes += frame.length;
      }
    }
    this.queuedBytes -= bytes;
    return batch;
  }
}

/** An empty outbox. */
export function createOutbox(owner: OutboxOwner): Outbox {
  return new SocketOutbox(owner);
}
