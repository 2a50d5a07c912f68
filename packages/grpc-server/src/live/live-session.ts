import type { PresenceStatus, RoomId, SessionId, UserId, UserKind } from '@chat/protocol';
import type { Sink } from './sink.ts';

/** Whose token a session presented. */
export interface Principal {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly displayName: string;
  readonly kind: UserKind;
}

/** One user's connection: a session of a relay link, or a native stream. Owned by the hub. */
export interface LiveSession {
  readonly sink: Sink;
  /** Number on the sink. */
  readonly number: number;
  readonly remoteAddress: string;
  principal: Principal;
  /** When the access token ends, on the monotonic clock. */
  expiresAtMs: number;
  chatOpen: boolean;
  /** undefined when the chat stream is not open. */
  status: PresenceStatus | undefined;
  /** Rooms being opened or received. */
  readonly rooms: Map<RoomId, Subscription>;
  ended: boolean;
}

/** A room of a session. A new object for each attempt, so that an old attempt notices that it was replaced. */
export interface Subscription {
  readonly roomId: RoomId;
  state: 'opening' | 'live';
  /** True once the room's feed is held for this subscription. */
  held: boolean;
}
