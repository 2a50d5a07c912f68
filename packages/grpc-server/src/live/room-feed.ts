import type { RoomId } from '@chat/protocol';
import type { MembershipChange, StoredEntry } from '../ports/room-log.ts';
import { rewritesHistory } from './entry-facts.ts';
import { encodeRoomEntries, eventRuns } from './event-bytes.ts';
import type { LiveSession } from './live-session.ts';
import type { Sink } from './sink.ts';

/** Recent entries that a room keeps for those who open it: a busy room moves on by this much during one read. */
const MAX_RECENT_ENTRIES = 512;
const MAX_RECENT_BYTES = 262_144;

/** A committed entry as the feed takes it. */
export interface FeedEntry {
  readonly entry: StoredEntry;
  readonly membership: MembershipChange | undefined;
}

/** What a feed tells its owner about. */
export interface FeedEvents {
  /** Someone came or went, told right after the entry that says so was sent and before the next one. */
  onMembership(roomId: RoomId, change: MembershipChange): void;
  /** One batch went to this many sinks. */
  onBatch(entries: number, sinks: number): void;
}

/**
 * The live end of one room's log: sends each new entry once to each sink, in log order.
 * Invariant: every joined session has exactly the entries up to headSeq (or its sink has them queued).
 */
export class RoomFeed {
  readonly roomId: RoomId;
  /** Newest entry that was sent. */
  headSeq = 0;
  readonly #events: FeedEvents;
  readonly #sinks = new Map<Sink, Set<LiveSession>>();
  #recent: StoredEntry[] = [];
  #recentBytes = 0;

  constructor(roomId: RoomId, events: FeedEvents) {
    this.roomId = roomId;
    this.#events = events;
  }

  /** Sets where the live end begins; never moves it back. */
  startAt(headSeq: number): void {
    this.headSeq = Math.max(this.headSeq, headSeq);
  }

  /**
   * Sends new entries. Those at or below headSeq are known already and dropped.
   * False = a gap lies before them: nothing was sent, the owner reads the log.
   */
  publish(run: readonly FeedEntry[]): boolean {
    const fresh = run.filter(({ entry }) => entry.seq > this.headSeq);
    if (fresh.length === 0) return true;
    if (fresh[0]?.entry.seq !== this.headSeq + 1) return false;
    // A removal ends its part: the removed must not get the next entry.
    let part: StoredEntry[] = [];
    for (const { entry, membership } of fresh) {
      part.push(entry);
      if (membership === undefined) continue;
      this.#send(part);
      part = [];
      this.#events.onMembership(this.roomId, membership);
    }
    this.#send(part);
    return true;
  }

  /** Entries after a position up to headSeq, when all of them are still at hand. */
  recentAfter(seq: number): readonly StoredEntry[] | undefined {
    if (seq === this.headSeq) return [];
    const first = this.#recent[0];
    if (first === undefined || seq < first.seq - 1 || seq > this.headSeq) return undefined;
    return this.#recent.slice(seq - first.seq + 1);
  }

  /** Adds a session that has everything up to headSeq. */
  join(session: LiveSession): void {
    let sessions = this.#sinks.get(session.sink);
    if (sessions === undefined) this.#sinks.set(session.sink, (sessions = new Set()));
    sessions.add(session);
    session.sink.roomJoin(session.number, this.roomId, this.headSeq);
  }

  /** Takes a session away. `tell` is false when its sink or session is gone anyway. */
  leave(session: LiveSession, tell: boolean): void {
    const sessions = this.#sinks.get(session.sink);
    if (sessions?.delete(session) !== true) return;
    if (tell) session.sink.roomLeave(session.number, this.roomId);
    if (sessions.size === 0) this.#sinks.delete(session.sink);
  }

  /** Sends a passing event to all who receive the room, but not to the given session. */
  signal(key: string, event: Uint8Array, except: LiveSession | undefined): void {
    for (const sink of this.#sinks.keys()) {
      const exceptSession = except?.sink === sink ? except.number : 0;
      sink.roomSignal({ roomId: this.roomId, key, event, exceptSession });
    }
  }

  /** How many sessions receive the room. */
  get sessionCount(): number {
    let count = 0;
    for (const sessions of this.#sinks.values()) count += sessions.size;
    return count;
  }

  #send(entries: readonly StoredEntry[]): void {
    for (const run of eventRuns(entries)) {
      const firstSeq = run[0]?.seq ?? 0;
      const lastSeq = run.at(-1)?.seq ?? 0;
      this.#keep(run);
      this.headSeq = lastSeq;
      if (this.#sinks.size === 0) continue;
      const event = encodeRoomEntries(this.roomId, run);
      const batch = { roomId: this.roomId, firstSeq, lastSeq, event };
      for (const sink of this.#sinks.keys()) sink.roomBatch(batch);
      this.#events.onBatch(run.length, this.#sinks.size);
    }
  }

  #keep(run: readonly StoredEntry[]): void {
    for (const entry of run) {
      if (rewritesHistory(entry.bytes)) {
        // What was deleted or edited must not be replayed in its old state.
        this.#recent = [];
        this.#recentBytes = 0;
      }
      this.#recent.push(entry);
      this.#recentBytes += entry.bytes.length;
    }
    let drop = 0;
    while (
      this.#recent.length - drop > MAX_RECENT_ENTRIES ||
      (this.#recentBytes > MAX_RECENT_BYTES && drop < this.#recent.length)
    ) {
      this.#recentBytes -= this.#recent[drop]?.bytes.length ?? 0;
      drop += 1;
    }
    if (drop > 0) this.#recent.splice(0, drop);
  }
}
