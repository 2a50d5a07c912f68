import type { ErrorCode, PresenceStatus, RoomId, SessionId, User, UserId } from '@chat/protocol';
import type { CallerCache } from '../auth/caller-cache.ts';
import type { PasswordHasher } from '../auth/passwords.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdSource } from '../ports/id-source.ts';
import type { Authenticated } from '../ports/sessions.ts';
import type { Store } from '../ports/store.ts';

/** What every use case works with. */
export interface App {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly passwords: PasswordHasher;
  readonly limits: RateLimits;
  readonly callers: CallerCache;
  readonly live: LiveNews;
  readonly settings: AppSettings;
}

/** Settings that decide what is allowed. */
export interface AppSettings {
  /** False refuses guests. */
  readonly guests: boolean;
  /** User names that become administrators when they register. */
  readonly admins: readonly string[];
  /** Room that everyone is put into; undefined until the first start made it. */
  readonly welcomeRoomId: RoomId | undefined;
  readonly version: string;
  /** "sqlite", "memory" or "postgres". */
  readonly storeKind: string;
}

/** What use cases tell the live side. The hub does it. */
export interface LiveNews {
  endLogins(sessionIds: readonly SessionId[], code: ErrorCode): void;
  readMoved(roomId: RoomId, userId: UserId, seq: number): void;
  userChanged(user: User, userId: UserId, roomIds: readonly RoomId[]): void;
  presenceOf(userId: UserId): PresenceStatus;
  counts(): { readonly sessions: number };
}

/** Who calls: the owner of a checked token. */
export type Caller = Authenticated;

/** Where a call comes from. */
export interface Origin {
  /** Address of the client as a key of limits. */
  readonly remoteAddress: string;
}
