import { LIMITS, type RoomId } from '@chat/protocol';
import type { MembershipChange, RoomLog } from '../ports/room-log.ts';
import { membershipOfEntry } from './entry-facts.ts';
import { type FeedEntry, type FeedEvents, RoomFeed } from './room-feed.ts';

interface Held {
  readonly feed: RoomFeed;
  readonly ready: Promise<void>;
  /** Subscriptions that are being opened or are live. */
  holders: number;
  /** Newest seq that was announced while the live end was being found, or by a hint. */
  announcedSeq: number;
  loaded: boolean;
  catchingUp: Promise<void> | undefined;
}

/** What the registry tells about entries that it read itself. */
export interface FeedRegistryEvents extends FeedEvents {
  /** An entry of another server changed who is a member. */
  onForeignMembership(roomId: RoomId, change: MembershipChange): void;
  /** Reading the log failed; the feed stays behind and tries again at the next announcement. */
  onFailure(roomId: RoomId, failure: unknown): void;
}

/** The feeds of the rooms that somebody receives; a room that nobody receives costs nothing. */
export class FeedRegistry {
  readonly #log: RoomLog;
  readonly #events: FeedRegistryEvents;
  readonly #held = new Map<RoomId, Held>();

  constructor(log: RoomLog, events: FeedRegistryEvents) {
    this.#log = log;
    this.#events = events;
  }

  /** Number of rooms in memory. */
  get size(): number {
    return this.#held.size;
  }

  /** The feed of a room if somebody receives it. */
  get(roomId: RoomId): RoomFeed | undefined {
    return this.#held.get(roomId)?.feed;
  }

  /** True when the room's feed sends what is published, and tells of removals at their place. */
  receives(roomId: RoomId): boolean {
    return this.#held.get(roomId)?.loaded === true;
  }

  /** Holds the feed of a room; resolves when its live end is known. Each call needs a `letGo`. */
  async hold(roomId: RoomId): Promise<RoomFeed> {
    let held = this.#held.get(roomId);
    if (held === undefined) {
      held = this.#create(roomId);
      this.#held.set(roomId, held);
    }
    held.holders += 1;
    await held.ready;
    return held.feed;
  }

  /** Gives a hold back. The last one frees the room. */
  letGo(roomId: RoomId): void {
    const held = this.#held.get(roomId);
    if (held === undefined) return;
    held.holders -= 1;
    if (held.holders <= 0) this.#held.delete(roomId);
  }

  /** Takes entries of one commit, in log order. */
  publish(roomId: RoomId, run: readonly FeedEntry[]): void {
    const held = this.#held.get(roomId);
    const lastSeq = run.at(-1)?.entry.seq ?? 0;
    if (held === undefined) return;
    held.announcedSeq = Math.max(held.announcedSeq, lastSeq);
    if (!held.loaded || held.catchingUp !== undefined) return; // both end by looking at announcedSeq
    if (!held.feed.publish(run)) void this.#catchUp(held);
  }

  /** Takes the news that the room is at headSeq now. */
  announce(roomId: RoomId, headSeq: number): void {
    const held = this.#held.get(roomId);
    if (held === undefined || headSeq <= held.feed.headSeq) return;
    held.announcedSeq = Math.max(held.announcedSeq, headSeq);
    if (held.loaded) void this.#catchUp(held);
  }

  /** Reads the log until the feed is at its head. */
  async catchUp(roomId: RoomId): Promise<void> {
    const held = this.#held.get(roomId);
    if (held === undefined) return;
    const head = await this.#log.head(roomId);
    held.announcedSeq = Math.max(held.announcedSeq, head ?? 0);
    await this.#catchUp(held);
  }

  #create(roomId: RoomId): Held {
    const feed = new RoomFeed(roomId, this.#events);
    const held: Held = {
      feed,
      ready: Promise.resolve(),
      holders: 0,
      announcedSeq: 0,
      loaded: false,
      catchingUp: undefined,
    };
    const load = async () => {
      try {
        const headSeq = await this.#log.head(roomId);
        // Nobody has joined yet: entries that came meanwhile are replayed to each who opens.
        feed.startAt(Math.max(headSeq ?? 0, held.announcedSeq));
        held.loaded = true;
      } catch (failure) {
        this.#held.delete(roomId);
        throw failure;
      }
    };
    return Object.assign(held, { ready: load() });
  }

  #catchUp(held: Held): Promise<void> {
    held.catchingUp ??= this.#readOn(held)
      .catch((failure: unknown) => this.#events.onFailure(held.feed.roomId, failure))
      .finally(() => {
        held.catchingUp = undefined;
      });
    return held.catchingUp;
  }

  async #readOn(held: Held): Promise<void> {
    const { feed } = held;
    while (feed.headSeq < held.announcedSeq) {
      const page = await this.#log.readEntries({
        roomId: feed.roomId,
        readerId: undefined,
        anchor: { at: 'after', seq: feed.headSeq },
        limit: LIMITS.maxPageEntries,
      });
      if (!page.ok || page.value.entries.length === 0) return;
      const run = page.value.entries.map((entry) => ({
        entry,
        membership: membershipOfEntry(entry.bytes),
      }));
      for (const { membership } of run) {
        if (membership) this.#events.onForeignMembership(feed.roomId, membership);
      }
      feed.publish(run);
    }
  }
}
