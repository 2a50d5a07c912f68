import type { Accounts, People } from './accounts.ts';
import type { Invites } from './invites.ts';
import type { RoomLog } from './room-log.ts';
import type { RoomDirectory, Rooms } from './rooms.ts';
import type { Sessions } from './sessions.ts';

/** Everything durable. Its owner closes it; after close every call rejects with STORE_FAILED. */
export interface Store extends StorePorts {
  /** Made with the store, new after a restore. The first half of every position. */
  readonly epoch: string;
  /** Whether writes are accepted now. The readiness check asks this. */
  health(): StoreHealth;
  /** Finishes what was accepted, then closes. May be called twice. */
  close(): Promise<void>;
}

/** The stories of the store. */
export interface StorePorts {
  readonly log: RoomLog;
  readonly rooms: Rooms;
  readonly directory: RoomDirectory;
  readonly invites: Invites;
  readonly accounts: Accounts;
  readonly people: People;
  readonly sessions: Sessions;
}

/** Whether the store takes writes. */
export type StoreHealth =
  | { readonly state: 'ready' }
  /** Writes fail until the disk works again; reads go on. The store tries by itself. */
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'closed' };
