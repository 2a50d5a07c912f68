import { parseRoomId, type RoomId, toWireSeq, type User, type UserId } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';
import { encodeEvent } from './event-bytes.ts';
import type { FeedRegistry } from './feed-registry.ts';
import type { LiveSession } from './live-session.ts';
import type { UserPresence } from './presence.ts';
import { toWirePresence } from './subscribe.ts';
import { TypingGate } from './typing.ts';

/** Passing news of a room: at most once, never stored, dropped first when somebody is slow. */
export class RoomSignals {
  readonly #feeds: FeedRegistry;
  readonly #typing: TypingGate;

  constructor(feeds: FeedRegistry, clock: Clock) {
    this.#feeds = feeds;
    this.#typing = new TypingGate(clock);
  }

  /** The user types; dropped when too often, or when the session does not receive the room. */
  typing(session: LiveSession, roomIdText: string, typing: boolean): void {
    const roomId = parseRoomId(roomIdText);
    if (roomId === undefined || session.rooms.get(roomId)?.state !== 'live') return;
    const { userId, displayName } = session.principal;
    if (!this.#typing.pass(userId, roomId, typing)) return;
    const event = encodeEvent({ $case: 'typing', value: { roomId, userId, displayName, typing } });
    this.#feeds.get(roomId)?.signal(`typing:${userId}`, event, session);
  }

  /** A member has read further. */
  readMoved(roomId: RoomId, userId: UserId, seq: number): void {
    const value = { roomId, userId, seq: toWireSeq(seq) };
    const event = encodeEvent({ $case: 'readCursor', value });
    this.#feeds.get(roomId)?.signal(`read:${userId}`, event, undefined);
  }

  /** Name or picture of a member changed. Returns the event, for those who receive none of the rooms. */
  userChanged(user: User, userId: UserId, roomIds: readonly RoomId[]): Uint8Array {
    const event = encodeEvent({ $case: 'userChanged', value: user });
    for (const roomId of roomIds) {
      this.#feeds.get(roomId)?.signal(`user:${userId}`, event, undefined);
    }
    return event;
  }

  /** A member came, went or changed status; `onlineCount` are there now. */
  presence(roomId: RoomId, presence: UserPresence, onlineCount: number): void {
    const value = { roomId, presence: toWirePresence(presence), onlineCount };
    const event = encodeEvent({ $case: 'presenceChanged', value });
    this.#feeds.get(roomId)?.signal(`presence:${presence.userId}`, event, undefined);
  }
}
