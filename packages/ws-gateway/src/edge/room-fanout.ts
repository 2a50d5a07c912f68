import type { RoomCursor } from './chat-lane.ts';
import { mergeEntries, type RoomEntriesBatch } from './merge-entries.ts';
import { type BuildEventFrame, shareFrames } from './room-frames.ts';

/** A passing event of a room. */
export interface RoomSignalEvent {
  readonly key: string;
  readonly event: Uint8Array;
  /** Session that shall not get it; 0 = none. */
  readonly exceptHandle: number;
}

/** What the fan-out needs from its owner. */
export interface RoomFanoutOptions {
  readonly buildFrame: BuildEventFrame;
  /** Runs a task once at the end of this turn of the event loop. */
  readonly soon: (task: () => void) => void;
  /** A cursor missed entries (never expected of a correct server): it is opened anew. */
  readonly onGap: (cursor: RoomCursor) => void;
}

/** Rooms of one relay link. Calls take effect in the order of the link's records. */
export interface RoomFanout {
  /** The cursor receives the room behind `afterSeq`. */
  join(cursor: RoomCursor, afterSeq: number): void;
  /** The cursor receives nothing behind the batches pushed so far. */
  leave(cursor: RoomCursor): void;
  pushBatch(roomId: string, batch: RoomEntriesBatch): void;
  pushSignal(roomId: string, signal: RoomSignalEvent): void;
  /** Hands everything gathered for a room to its members now, before something that must stand behind it. */
  flushRoom(roomId: string): void;
  /** Hands over everything gathered for all rooms. */
  flush(): void;
  /** Forgets all members; gathered batches are delivered first. */
  clear(): void;
  readonly roomCount: number;
}

interface Room {
  readonly roomId: string;
  readonly members: RoomCursor[];
  batches: RoomEntriesBatch[];
  signals: Map<string, RoomSignalEvent> | undefined;
}

/** Signals gathered for one room in one tick; more are dropped. */
const MAX_SIGNALS = 64;

/**
 * Gathers each room's batches for one tick, joins them into one frame per codec and call,
 * and hands every member the same bytes: the cost of a member is one enqueue a tick,
 * however many entries the tick brought.
 */
export function createRoomFanout(options: RoomFanoutOptions): RoomFanout {
  const rooms = new Map<string, Room>();
  let dirty = new Set<Room>();

  const markDirty = (room: Room): void => {
    if (dirty.size === 0) options.soon(flush);
    dirty.add(room);
  };

  const flush = (): void => {
    const flushed = dirty;
    dirty = new Set();
    for (const room of flushed) deliver(room);
  };

  const deliver = (room: Room): void => {
    if (room.batches.length > 0) {
      const batches = room.batches;
      room.batches = [];
      for (const batch of mergeEntries(batches)) deliverBatch(room, batch);
    }
    if (room.signals !== undefined) {
      const signals = room.signals;
      room.signals = undefined;
      for (const signal of signals.values()) deliverSignal(room, signal);
    }
  };

  const deliverBatch = (room: Room, batch: RoomEntriesBatch): void => {
    const frames = shareFrames(batch.event, options.buildFrame);
    // Backwards, because a member that lags is taken out by moving the last one to its place.
    for (let i = room.members.length - 1; i >= 0; i--) {
      const cursor = room.members[i];
      if (cursor === undefined || batch.lastSeq <= cursor.seq) continue;
      if (batch.firstSeq <= cursor.seq + 1) {
        cursor.lane.sendEntries(cursor, frames, batch.lastSeq);
      } else {
        remove(cursor);
        options.onGap(cursor);
      }
    }
  };

  const deliverSignal = (room: Room, signal: RoomSignalEvent): void => {
    const frames = shareFrames(signal.event, options.buildFrame);
    const key = `${room.roomId}/${signal.key}`;
    for (const { lane } of room.members) {
      if (lane.handle !== signal.exceptHandle) lane.sendSignal(frames, key);
    }
  };

  const remove = (cursor: RoomCursor): void => {
    const room = rooms.get(cursor.roomId);
    if (room === undefined || room.members[cursor.index] !== cursor) return;
    const last = room.members.pop();
    if (last !== undefined && last !== cursor) {
      room.members[cursor.index] = last;
      last.index = cursor.index;
    }
    cursor.index = -1;
    if (room.members.length === 0) {
      dirty.delete(room);
      rooms.delete(room.roomId);
    }
  };

  const flushRoom = (roomId: string): void => {
    const room = rooms.get(roomId);
    if (room !== undefined) deliver(room);
  };

  return {
    join(cursor, afterSeq) {
      flushRoom(cursor.roomId);
      let room = rooms.get(cursor.roomId);
      if (room === undefined) {
        room = { roomId: cursor.roomId, members: [], batches: [], signals: undefined };
        rooms.set(cursor.roomId, room);
      }
      if (cursor.state !== 'live') {
        cursor.index = room.members.length;
        room.members.push(cursor);
      }
      cursor.state = 'live';
      cursor.seq = afterSeq;
    },
    leave(cursor) {
      flushRoom(cursor.roomId);
      remove(cursor);
      if (cursor.state === 'live') cursor.state = 'stopped';
    },
    pushBatch(roomId, batch) {
      const room = rooms.get(roomId);
      if (room === undefined) return;
      room.batches.push(batch);
      markDirty(room);
    },
    pushSignal(roomId, signal) {
      const room = rooms.get(roomId);
      if (room === undefined) return;
      room.signals ??= new Map();
      const key = `${signal.key}/${signal.exceptHandle}`;
      if (room.signals.has(key) || room.signals.size < MAX_SIGNALS) room.signals.set(key, signal);
      markDirty(room);
    },
    flushRoom,
    flush,
    clear() {
      flush();
      for (const room of rooms.values()) {
        for (const cursor of room.members) {
          cursor.index = -1;
          cursor.state = 'opening';
        }
      }
      rooms.clear();
    },
    get roomCount() {
      return rooms.size;
    },
  };
}
