import type { EdgeCall, SendResult } from '../ports/edge-call.ts';
import { encodeLagging } from './peek-event.ts';
import type { SharedFrames } from './room-frames.ts';

/**
 * How far one chat stream is in one room. `opening`: the server replays to this session alone.
 * `live`: it receives the room's batches. `stopped`: nothing is sent until the client subscribes again.
 */
export interface RoomCursor {
  readonly roomId: string;
  readonly lane: ChatLane;
  state: 'opening' | 'live' | 'stopped';
  /** Last entry handed to this lane. */
  seq: number;
  epoch: string;
  /** Place in the room's member list while live. */
  index: number;
  /** Frames of this room that are held back. */
  heldBytes: number;
}

/** Bounds of what one slow chat stream may hold back. */
export interface LaneLimits {
  /** One room; beyond it the room lags. */
  readonly maxRoomBytes: number;
  /** All rooms and answers. */
  readonly maxBytes: number;
  readonly maxFrames: number;
}

/** Half of a socket's outbox for each room, one outbox in all: a resume of some thousand messages fits. */
export const DEFAULT_LANE_LIMITS: LaneLimits = {
  maxRoomBytes: 524_288,
  maxBytes: 1_048_576,
  maxFrames: 1_000,
};

/** What the lane tells its owner. */
export interface LaneEvents {
  /** A room was given up for this stream: the cursor leaves the room's members. */
  readonly roomLagging: (cursor: RoomCursor) => void;
  /** Not even answers fit any more: the stream cannot go on. */
  readonly overflowed: () => void;
}

interface Held {
  readonly cursor: RoomCursor | undefined;
  /** Ready frame, or a serialized event for this stream alone. */
  readonly frame: Buffer | undefined;
  readonly event: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/**
 * The downward half of one chat stream: order, positions, and a bounded queue for the time
 * in which the client's window is used up or its socket is slow. Frames are held by
 * reference; what overflows is a room (one Lagging event), never the process.
 */
export class ChatLane {
  readonly call: EdgeCall;
  readonly handle: number;
  readonly cursors = new Map<string, RoomCursor>();
  #held: Held[] = [];
  #heldBytes = 0;
  #ended = false;
  readonly #limits: LaneLimits;
  readonly #events: LaneEvents;

  constructor(call: EdgeCall, handle: number, limits: LaneLimits, events: LaneEvents) {
    this.call = call;
    this.handle = handle;
    this.#limits = limits;
    this.#events = events;
  }

  get heldFrames(): number {
    return this.#held.length;
  }

  /** Makes (or resets) the cursor of a room. */
  openRoom(roomId: string, seq: number, epoch: string): RoomCursor {
    const known = this.cursors.get(roomId);
    if (known !== undefined) {
      known.seq = seq;
      known.epoch = epoch;
      known.state = 'opening';
      return known;
    }
    const cursor: RoomCursor = {
      roomId,
      lane: this,
      state: 'opening',
      seq,
      epoch,
      index: -1,
      heldBytes: 0,
    };
    this.cursors.set(roomId, cursor);
    return cursor;
  }

  /** An event for this stream alone. With a cursor it counts into that room's share. */
  sendEvent(event: Uint8Array, cursor: RoomCursor | undefined): void {
    if (this.#held.length === 0) {
      const result = this.call.sendMessage(event, 'durable', undefined);
      if (!isHeldBack(result)) return;
    }
    // Copied: the bytes are a window into a whole relay message, which would stay alive with them.
    this.#hold({ cursor, frame: undefined, event: Uint8Array.from(event) });
  }

  /** Shared entries of a live room. The caller has checked contiguity. */
  sendEntries(cursor: RoomCursor, frames: SharedFrames, lastSeq: number): void {
    const { call } = this;
    cursor.seq = lastSeq;
    const frame = frames.frameFor(call.codec, call.callId);
    if (this.#held.length === 0) {
      const result = call.sendShared(frame, 'durable', undefined);
      if (!isHeldBack(result)) return;
    }
    this.#hold({ cursor, frame, event: NOTHING });
  }

  /** A passing event; the first to go when the stream is slow. */
  sendSignal(frames: SharedFrames, key: string): void {
    if (this.#held.length > 0) return;
    this.call.sendShared(frames.frameFor(this.call.codec, this.call.callId), 'ephemeral', key);
  }

  /** A passing event for this stream alone. */
  sendEphemeral(event: Uint8Array): void {
    if (this.#held.length === 0) this.call.sendMessage(event, 'ephemeral', undefined);
  }

  /** Sends what was held back, as far as it goes now. */
  drain(): void {
    let sent = 0;
    for (const item of this.#held) {
      const result =
        item.frame === undefined
          ? this.call.sendMessage(item.event, 'durable', undefined)
          : this.call.sendShared(item.frame, 'durable', undefined);
      if (isHeldBack(result)) break;
      sent += 1;
      this.#account(item, -1);
    }
    if (sent > 0) this.#held = this.#held.slice(sent);
  }

  /** Forgets everything; the call is over. */
  end(): void {
    this.#ended = true;
    this.#held = [];
    this.#heldBytes = 0;
  }

  #hold(item: Held): void {
    if (this.#ended) return;
    const bytes = sizeOf(item);
    const { cursor } = item;
    if (cursor !== undefined) {
      const isOver = cursor.heldBytes + bytes > this.#limits.maxRoomBytes;
      if (isOver || this.#isFull(bytes)) this.#lag(cursor);
      else this.#push(item);
      return;
    }
    // Answers may not be lost: entries, which the client can pull again, give way to them.
    if (this.#isFull(bytes)) this.#giveUpEntries();
    if (this.#isFull(bytes)) this.#events.overflowed();
    else this.#push(item);
  }

  // What is held of the room stays: the client gets a contiguous part and pulls from its end.
  #lag(cursor: RoomCursor): void {
    if (cursor.state === 'stopped') return;
    this.#events.roomLagging(cursor);
    cursor.state = 'stopped';
    if (this.cursors.get(cursor.roomId) === cursor) this.cursors.delete(cursor.roomId);
    // One per room between two subscriptions, so it needs no bound of its own.
    const event = encodeLagging(cursor.roomId, cursor.seq);
    this.#push({ cursor: undefined, frame: undefined, event });
  }

  #giveUpEntries(): void {
    const cursors = new Set(this.#held.flatMap(({ cursor }) => cursor ?? []));
    const kept = this.#held.filter(({ cursor }) => cursor === undefined);
    this.#held = [];
    this.#heldBytes = 0;
    for (const item of kept) this.#push(item);
    for (const cursor of cursors) {
      cursor.heldBytes = 0;
      this.#lag(cursor);
    }
  }

  #push(item: Held): void {
    this.#held.push(item);
    this.#account(item, 1);
  }

  #account(item: Held, sign: 1 | -1): void {
    const bytes = sign * sizeOf(item);
    this.#heldBytes += bytes;
    if (item.cursor !== undefined) item.cursor.heldBytes += bytes;
  }

  #isFull(bytes: number): boolean {
    return (
      this.#held.length >= this.#limits.maxFrames || this.#heldBytes + bytes > this.#limits.maxBytes
    );
  }
}

function sizeOf(item: Held): number {
  return item.frame?.length ?? item.event.length;
}

function isHeldBack(result: SendResult): boolean {
  return result === 'blocked' || result === 'full';
}
