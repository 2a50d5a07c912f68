import { PresenceStatus, type RoomId, type UserId } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import type { Timers } from './timers.ts';

/** Presence of a user over all sessions. */
export interface UserPresence {
  readonly userId: UserId;
  readonly displayName: string;
  readonly status: PresenceStatus;
  /** undefined while connected. */
  readonly lastSeenMs: number | undefined;
}

/** What the registry needs from its owner. */
export interface PresenceDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** How long a user stays after the last session was lost. */
  readonly graceMs: number;
  /** Rooms of a user. May reject: then the user is shown in no room. */
  readonly roomsOf: (userId: UserId) => Promise<readonly RoomId[]>;
  /** The presence of a user changed in a room. */
  readonly onChange: (roomId: RoomId, presence: UserPresence) => void;
}

interface Entry {
  readonly userId: UserId;
  displayName: string;
  /** One lease for each session with an open chat stream. */
  readonly leases: Map<object, PresenceStatus>;
  readonly rooms: Set<RoomId>;
  /** Rooms left while the list was being read. */
  readonly leftWhileLoading: Set<RoomId>;
  status: PresenceStatus;
  cancelGrace: (() => void) | undefined;
}

/**
 * Who is there: a user is while a session holds a lease, and a grace after the last one was lost.
 * Memory grows with the users that are online, and with their rooms, and with nothing else.
 */
export class PresenceRegistry {
  readonly #deps: PresenceDeps;
  readonly #users = new Map<UserId, Entry>();
  readonly #rooms = new Map<RoomId, Set<Entry>>();

  constructor(deps: PresenceDeps) {
    this.#deps = deps;
  }

  /** Gives a session its lease, or changes its status. */
  hold(user: { userId: UserId; displayName: string }, lease: object, status: PresenceStatus): void {
    let entry = this.#users.get(user.userId);
    if (entry === undefined) {
      entry = {
        ...user,
        leases: new Map(),
        rooms: new Set(),
        leftWhileLoading: new Set(),
        status: PresenceStatus.OFFLINE,
        cancelGrace: undefined,
      };
      this.#users.set(user.userId, entry);
      void this.#load(entry);
    }
    entry.cancelGrace?.();
    entry.cancelGrace = undefined;
    entry.displayName = user.displayName;
    entry.leases.set(lease, status);
    this.#update(entry, aggregate(entry.leases.values()));
  }

  /** Takes the lease of a session. The last one ends presence, at once after a goodbye and else after the grace. */
  release(userId: UserId, lease: object, goodbye: boolean): void {
    const entry = this.#users.get(userId);
    if (entry?.leases.delete(lease) !== true) return;
    if (entry.leases.size > 0) {
      this.#update(entry, aggregate(entry.leases.values()));
    } else if (goodbye) {
      this.#remove(entry);
    } else {
      entry.cancelGrace = this.#deps.timers.after(this.#deps.graceMs, () => this.#remove(entry));
    }
  }

  /** A user became a member. */
  joined(userId: UserId, roomId: RoomId): void {
    const entry = this.#users.get(userId);
    if (entry === undefined) return;
    entry.leftWhileLoading.delete(roomId);
    if (!entry.rooms.has(roomId)) this.#enter(entry, roomId);
  }

  /** A user is no member any more. The log says so to the others. */
  left(userId: UserId, roomId: RoomId): void {
    const entry = this.#users.get(userId);
    if (entry === undefined) return;
    entry.leftWhileLoading.add(roomId);
    this.#exit(entry, roomId);
  }

  /** Presence of one user; offline when unknown. */
  statusOf(userId: UserId): PresenceStatus {
    return this.#users.get(userId)?.status ?? PresenceStatus.OFFLINE;
  }

  /** Who is there in a room: at most `limit`, and how many in all. */
  inRoom(roomId: RoomId, limit: number): { presences: readonly UserPresence[]; count: number } {
    const presences: UserPresence[] = [];
    let count = 0;
    for (const entry of this.#rooms.get(roomId) ?? []) {
      if (entry.status === PresenceStatus.OFFLINE) continue; // invisible
      count += 1;
      if (presences.length < limit) presences.push(toPresence(entry, undefined));
    }
    return { presences, count };
  }

  /** Number of users that are there. */
  get size(): number {
    return this.#users.size;
  }

  async #load(entry: Entry): Promise<void> {
    let roomIds: readonly RoomId[];
    try {
      roomIds = await this.#deps.roomsOf(entry.userId);
    } catch {
      return; // the store is in trouble and says so itself; presence is not worth a second alarm
    }
    if (this.#users.get(entry.userId) !== entry) return;
    for (const roomId of roomIds) {
      if (!entry.leftWhileLoading.has(roomId) && !entry.rooms.has(roomId))
        this.#enter(entry, roomId);
    }
    entry.leftWhileLoading.clear();
  }

  #enter(entry: Entry, roomId: RoomId): void {
    entry.rooms.add(roomId);
    let there = this.#rooms.get(roomId);
    if (there === undefined) this.#rooms.set(roomId, (there = new Set()));
    there.add(entry);
    if (entry.status !== PresenceStatus.OFFLINE) {
      this.#deps.onChange(roomId, toPresence(entry, undefined));
    }
  }

  #exit(entry: Entry, roomId: RoomId): void {
    entry.rooms.delete(roomId);
    const there = this.#rooms.get(roomId);
    there?.delete(entry);
    if (there?.size === 0) this.#rooms.delete(roomId);
  }

  #update(entry: Entry, status: PresenceStatus): void {
    if (entry.status === status) return;
    entry.status = status;
    for (const roomId of entry.rooms) this.#deps.onChange(roomId, toPresence(entry, undefined));
  }

  #remove(entry: Entry): void {
    this.#users.delete(entry.userId);
    const wasShown = entry.status !== PresenceStatus.OFFLINE;
    entry.status = PresenceStatus.OFFLINE;
    const presence = toPresence(entry, this.#deps.clock.nowMs());
    for (const roomId of entry.rooms) {
      this.#exit(entry, roomId);
      if (wasShown) this.#deps.onChange(roomId, presence);
    }
  }
}

// The most telling device wins; offline means invisible and wins only when all say so.
const RANK = [PresenceStatus.DO_NOT_DISTURB, PresenceStatus.ONLINE, PresenceStatus.AWAY] as const;

function aggregate(statuses: Iterable<PresenceStatus>): PresenceStatus {
  const present = new Set(statuses);
  return RANK.find((status) => present.has(status)) ?? PresenceStatus.OFFLINE;
}

function toPresence(entry: Entry, lastSeenMs: number | undefined): UserPresence {
  return { userId: entry.userId, displayName: entry.displayName, status: entry.status, lastSeenMs };
}
