import {
  type ErrorCode,
  LIMITS,
  PresenceStatus,
  type RoomCursor,
  type RoomId,
  type SessionId,
  type User,
  type UserId,
} from '@chat/protocol';
import type { Outcome } from '../domain/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import type { HintBus } from '../ports/hint-bus.ts';
import type { CommitEvent, RoomLog } from '../ports/room-log.ts';
import { encodeEvent } from './event-bytes.ts';
import { FeedRegistry } from './feed-registry.ts';
import type { LiveSession, Principal } from './live-session.ts';
import { MembershipNews } from './membership-news.ts';
import { PresenceBroadcast } from './presence-broadcast.ts';
import { PresenceRegistry } from './presence.ts';
import type { FeedEntry } from './room-feed.ts';
import { RoomSignals } from './room-signals.ts';
import { SessionIndex } from './session-index.ts';
import { DIRECT, EPHEMERAL, type Sink } from './sink.ts';
import { MAX_SNAPSHOT, subscribeRooms } from './subscribe.ts';
import type { Timers } from './timers.ts';

/** How often ended access tokens are looked for. */
const EXPIRY_SWEEP_MS = 1_000;

/** What the hub is made of. */
export interface HubDeps {
  readonly epoch: string;
  readonly log: RoomLog;
  readonly bus: HintBus;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Rooms of a user, for presence. */
  readonly roomsOf: (userId: UserId) => Promise<readonly RoomId[]>;
  /** A room as its new member sees it, as a serialized room_added event; undefined when it is gone again. */
  readonly roomAddedEvent: (roomId: RoomId, userId: UserId) => Promise<Uint8Array | undefined>;
  readonly onBatch: (entries: number, sinks: number) => void;
  readonly onFailure: (what: string, failure: unknown) => void;
}

/** The live side: sessions, rooms that are received, presence, typing. Owns no connection; sinks belong to rpc. */
export class Hub {
  readonly #deps: HubDeps;
  readonly #feeds: FeedRegistry;
  readonly #sessions = new SessionIndex();
  readonly #presence: PresenceRegistry;
  readonly #broadcast: PresenceBroadcast;
  readonly #signals: RoomSignals;
  readonly #news: MembershipNews;
  readonly #stops: (() => void)[];

  constructor(deps: HubDeps) {
    const { clock, timers } = deps;
    this.#deps = deps;
    this.#feeds = new FeedRegistry(deps.log, {
      onMembership: (roomId, change) => this.#news.inOrder(roomId, change),
      onForeignMembership: (roomId, change) => this.#news.atCommit(roomId, change),
      onBatch: deps.onBatch,
      onFailure: (roomId, failure) => deps.onFailure(`catch up ${roomId}`, failure),
    });
    this.#signals = new RoomSignals(this.#feeds, clock);
    this.#broadcast = new PresenceBroadcast(
      timers,
      (roomId) => this.#feeds.get(roomId)?.sessionCount ?? 0,
      (roomId, presence) =>
        this.#signals.presence(roomId, presence, this.#presence.inRoom(roomId, 0).count),
    );
    this.#presence = new PresenceRegistry({
      clock,
      timers,
      graceMs: LIMITS.presenceGraceMs,
      roomsOf: deps.roomsOf,
      onChange: (roomId, presence) => this.#broadcast.add(roomId, presence),
    });
    this.#news = new MembershipNews({
      sessions: this.#sessions,
      presence: this.#presence,
      roomAddedEvent: deps.roomAddedEvent,
      drop: (session, roomId) => this.#drop(session, roomId, true),
      onFailure: deps.onFailure,
    });
    this.#stops = [
      deps.log.onCommit((events) => this.#onCommit(events)),
      deps.bus.subscribe((hint) => this.#feeds.announce(hint.roomId, hint.headSeq)),
      timers.every(EXPIRY_SWEEP_MS, () => this.#endExpired()),
    ];
  }

  /** Live sessions, rooms in memory and users that are there. */
  counts(): { readonly sessions: number; readonly rooms: number; readonly users: number } {
    return { sessions: this.#sessions.size, rooms: this.#feeds.size, users: this.#presence.size };
  }

  /** Takes a connection whose token was checked. */
  openSession(
    sink: Sink,
    number: number,
    who: { principal: Principal; expiresAtMs: number; remoteAddress: string },
  ): LiveSession {
    const session: LiveSession = {
      sink,
      number,
      ...who,
      chatOpen: false,
      status: undefined,
      rooms: new Map(),
      ended: false,
    };
    this.#sessions.add(session);
    return session;
  }

  /** The session brought a newer token of the same user. */
  renew(session: LiveSession, principal: Principal, expiresAtMs: number): void {
    this.#sessions.remove(session);
    session.principal = principal;
    session.expiresAtMs = expiresAtMs;
    this.#sessions.add(session);
  }

  /** Opens the chat stream: Ready first, and the user is there. */
  openChat(session: LiveSession, user: User): void {
    if (session.ended) return;
    if (session.chatOpen) this.closeChat(session, false); // Ready may come again: everything anew
    session.chatOpen = true;
    const { sessionId } = session.principal;
    const value = { user, sessionId, epoch: this.#deps.epoch };
    session.sink.sessionEvent(session.number, encodeEvent({ $case: 'ready', value }), DIRECT);
    this.setPresence(session, PresenceStatus.ONLINE);
  }

  /** Ends the chat stream; the session stays. `goodbye`: presence ends at once, not after the grace. */
  closeChat(session: LiveSession, goodbye: boolean): void {
    if (!session.chatOpen) return;
    session.chatOpen = false;
    session.status = undefined;
    for (const roomId of session.rooms.keys()) this.#drop(session, roomId, !session.ended);
    this.#presence.release(session.principal.userId, session, goodbye);
  }

  /** The connection is gone. */
  closeSession(session: LiveSession, goodbye: boolean): void {
    if (session.ended) return;
    session.ended = true;
    this.closeChat(session, goodbye);
    this.#sessions.remove(session);
  }

  /**
   * Opens rooms; resolves when all of them are live or were answered otherwise. Rejects when the store fails.
   * `unanswered`: the outcome reaches nobody (a gateway resumes), so even a single lost room is told by RoomClosed.
   */
  subscribe(
    session: LiveSession,
    rooms: readonly RoomCursor[],
    unanswered = false,
  ): Promise<Outcome<null>> {
    return subscribeRooms(
      {
        epoch: this.#deps.epoch,
        log: this.#deps.log,
        holdFeed: (roomId) => this.#feeds.hold(roomId),
        letGo: (roomId) => this.#feeds.letGo(roomId),
        catchUp: (feed) => this.#feeds.catchUp(feed.roomId),
        drop: (owner, roomId) => this.#drop(owner, roomId, true),
        presenceOf: (roomId) => this.#presence.inRoom(roomId, MAX_SNAPSHOT),
      },
      session,
      rooms,
      unanswered,
    );
  }

  /** Stops rooms; unknown ones are ignored. */
  unsubscribe(session: LiveSession, roomIds: readonly string[]): void {
    for (const roomId of session.rooms.keys()) {
      if (roomIds.includes(roomId)) this.#drop(session, roomId, true);
    }
  }

  /** Tells a room that the user types; dropped when too often or when the session does not receive the room. */
  setTyping(session: LiveSession, roomIdText: string, typing: boolean): void {
    this.#signals.typing(session, roomIdText, typing);
  }

  /** Sets what the user's session shows. */
  setPresence(session: LiveSession, status: PresenceStatus): void {
    if (!session.chatOpen) return;
    session.status = status;
    this.#presence.hold(session.principal, session, status);
  }

  /** Tells a room that a member has read further. */
  readMoved(roomId: RoomId, userId: UserId, seq: number): void {
    this.#signals.readMoved(roomId, userId, seq);
  }

  /** Tells the user's rooms and own sessions that name or picture changed. */
  userChanged(user: User, userId: UserId, roomIds: readonly RoomId[]): void {
    const event = this.#signals.userChanged(user, userId, roomIds);
    for (const session of this.#sessions.ofUser(userId)) {
      session.principal = { ...session.principal, displayName: user.displayName };
      if (!session.chatOpen) continue;
      if (session.status !== undefined) this.setPresence(session, session.status);
      if (session.rooms.size === 0) session.sink.sessionEvent(session.number, event, EPHEMERAL);
    }
  }

  /** Ends all connections of these logins. */
  endLogins(sessionIds: readonly SessionId[], code: ErrorCode): void {
    for (const sessionId of sessionIds) {
      for (const session of this.#sessions.ofLogin(sessionId)) this.endSession(session, code);
    }
  }

  /** Ends one connection. */
  endSession(session: LiveSession, code: ErrorCode): void {
    if (session.ended) return;
    this.closeSession(session, true);
    session.sink.sessionClosed(session.number, code);
  }

  /** Presence of a user, offline when not there. */
  presenceOf(userId: UserId): PresenceStatus {
    return this.#presence.statusOf(userId);
  }

  /** Stops listening and its timers. */
  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #drop(session: LiveSession, roomId: RoomId, tell: boolean): void {
    const subscription = session.rooms.get(roomId);
    if (subscription === undefined) return;
    session.rooms.delete(roomId);
    if (subscription.state === 'live') this.#feeds.get(roomId)?.leave(session, tell);
    if (subscription.held) this.#feeds.letGo(roomId);
  }

  #onCommit(events: readonly CommitEvent[]): void {
    const runs = new Map<RoomId, FeedEntry[]>();
    for (const event of events) {
      if (event.type === 'room-deleted') {
        this.#publish(runs);
        this.#news.roomDeleted(event.roomId, event.userIds);
        continue;
      }
      const { roomId, entry, membership } = event;
      let run = runs.get(roomId);
      if (run === undefined) runs.set(roomId, (run = []));
      run.push({ entry, membership });
      if (membership !== undefined) this.#news.atCommit(roomId, membership);
    }
    this.#publish(runs);
  }

  #publish(runs: Map<RoomId, FeedEntry[]>): void {
    for (const [roomId, run] of runs) {
      // Asked before: a removal in the run may free the room.
      const received = this.#feeds.receives(roomId);
      this.#feeds.publish(roomId, run);
      this.#deps.bus.publish({ roomId, headSeq: run.at(-1)?.entry.seq ?? 0 });
      if (received) continue;
      // Nobody here receives the room, so no feed tells its removed members.
      for (const { membership } of run) {
        if (membership !== undefined) this.#news.inOrder(roomId, membership);
      }
    }
    runs.clear();
  }

  #endExpired(): void {
    const nowMs = this.#deps.clock.monotonicMs();
    for (const session of this.#sessions.all()) {
      if (session.expiresAtMs <= nowMs) this.endSession(session, 'TOKEN_EXPIRED');
    }
  }
}
