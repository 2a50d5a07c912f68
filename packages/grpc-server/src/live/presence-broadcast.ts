import type { RoomId, UserId } from '@chat/protocol';
import type { UserPresence } from './presence.ts';
import type { Timers } from './timers.ts';

/** Changes of one room are gathered this long: someone who comes and goes at once is told once. */
export const PRESENCE_GATHER_MS = 200;
/** Changes kept for a room; beyond it the oldest are dropped, a snapshot comes with the next Opened. */
const MAX_PENDING = 200;
/** Socket writes that presence may cost one room in one gathering. */
const WRITES_BUDGET = 2_000;

/** Tells rooms who came and went, coalesced by user, and slower the larger the room is. */
export class PresenceBroadcast {
  readonly #timers: Timers;
  readonly #send: (roomId: RoomId, presence: UserPresence) => void;
  readonly #sizeOf: (roomId: RoomId) => number;
  readonly #pending = new Map<RoomId, Map<UserId, UserPresence>>();

  /** sizeOf = how many receive the room. */
  constructor(
    timers: Timers,
    sizeOf: (roomId: RoomId) => number,
    send: (roomId: RoomId, presence: UserPresence) => void,
  ) {
    this.#timers = timers;
    this.#sizeOf = sizeOf;
    this.#send = send;
  }

  /** Notes a change; a later one of the same user replaces it. */
  add(roomId: RoomId, presence: UserPresence): void {
    if (this.#sizeOf(roomId) === 0) return;
    let changes = this.#pending.get(roomId);
    if (changes === undefined) {
      this.#pending.set(roomId, (changes = new Map<UserId, UserPresence>()));
      this.#timers.after(PRESENCE_GATHER_MS, () => this.#flush(roomId));
    }
    changes.delete(presence.userId);
    changes.set(presence.userId, presence);
    if (changes.size > MAX_PENDING) {
      const oldest = changes.keys().next();
      if (!oldest.done) changes.delete(oldest.value);
    }
  }

  #flush(roomId: RoomId): void {
    const changes = this.#pending.get(roomId);
    if (changes === undefined) return;
    let budget = Math.max(1, Math.floor(WRITES_BUDGET / Math.max(1, this.#sizeOf(roomId))));
    for (const [userId, presence] of changes) {
      if (budget === 0) break;
      budget -= 1;
      changes.delete(userId);
      this.#send(roomId, presence);
    }
    if (changes.size === 0) this.#pending.delete(roomId);
    else this.#timers.after(PRESENCE_GATHER_MS, () => this.#flush(roomId));
  }
}
