import { RoomClosedReason, type RoomId, type UserId } from '@chat/protocol';
import type { MembershipChange } from '../ports/room-log.ts';
import { encodeEvent } from './event-bytes.ts';
import type { LiveSession } from './live-session.ts';
import type { PresenceRegistry } from './presence.ts';
import type { SessionIndex } from './session-index.ts';
import { DIRECT } from './sink.ts';

/** What the news needs from the hub. */
export interface MembershipNewsDeps {
  readonly sessions: SessionIndex;
  readonly presence: PresenceRegistry;
  /** A room as its new member sees it, as a serialized room_added event; undefined when it is gone again. */
  readonly roomAddedEvent: (roomId: RoomId, userId: UserId) => Promise<Uint8Array | undefined>;
  /** Takes the room from the session and tells its sink. */
  readonly drop: (session: LiveSession, roomId: RoomId) => void;
  readonly onFailure: (what: string, failure: unknown) => void;
}

const CLOSED_REASON = {
  left: RoomClosedReason.LEFT,
  kicked: RoomClosedReason.KICKED,
  banned: RoomClosedReason.BANNED,
} as const;

/** Tells users that they came into a room or are out of it. */
export class MembershipNews {
  readonly #deps: MembershipNewsDeps;

  constructor(deps: MembershipNewsDeps) {
    this.#deps = deps;
  }

  /** What a change means apart from the order of the log: presence, and room_added on every device. Repeats do no harm. */
  atCommit(roomId: RoomId, { change, userId }: MembershipChange): void {
    const { presence, sessions, roomAddedEvent, onFailure } = this.#deps;
    if (change !== 'joined') {
      presence.left(userId, roomId);
      return;
    }
    presence.joined(userId, roomId);
    const open = sessions.ofUser(userId).filter((session) => session.chatOpen);
    if (open.length === 0) return;
    roomAddedEvent(roomId, userId).then(
      (event) => {
        if (event === undefined) return;
        for (const session of open) {
          if (session.chatOpen) session.sink.sessionEvent(session.number, event, DIRECT);
        }
      },
      (failure: unknown) => onFailure('room added', failure),
    );
  }

  /** What a change means at its place in the log: after the entry that says so, before the next one. */
  inOrder(roomId: RoomId, { change, userId }: MembershipChange): void {
    if (change !== 'joined') this.#tellClosed(roomId, userId, CLOSED_REASON[change]);
  }

  /** The room is gone for all who were in it. */
  roomDeleted(roomId: RoomId, userIds: readonly UserId[]): void {
    for (const userId of userIds) {
      this.#deps.presence.left(userId, roomId);
      this.#tellClosed(roomId, userId, RoomClosedReason.DELETED);
    }
  }

  #tellClosed(roomId: RoomId, userId: UserId, reason: RoomClosedReason): void {
    const event = encodeEvent({ $case: 'roomClosed', value: { roomId, reason } });
    for (const session of this.#deps.sessions.ofUser(userId)) {
      if (!session.chatOpen) continue;
      this.#deps.drop(session, roomId);
      session.sink.sessionEvent(session.number, event, DIRECT);
    }
  }
}
