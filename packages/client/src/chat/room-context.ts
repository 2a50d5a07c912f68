import type { User } from '@chat/protocol';
import type { Clock } from '../clock.ts';
import type { ChatEvent } from './events-api.ts';
import type { LiveSession } from './live-session.ts';
import type { TimelineItem } from './message-api.ts';
import type { Ask } from './methods.ts';
import type { OutboxStorage } from './outbox-storage.ts';

/** What the parts of a room share: the way to the server, time, and who listens. */
export interface RoomContext {
  readonly live: LiveSession;
  readonly ask: Ask;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly newId: () => string;
  readonly storage: OutboxStorage;
  /** True when the stored messages are back; nothing is sent before. */
  readonly outboxLoaded: () => boolean;
  readonly me: () => User | undefined;
  readonly emit: (event: ChatEvent) => void;
  /** New rows of the live log, for unread counts. */
  readonly onRows: (roomId: string, rows: readonly TimelineItem[]) => void;
  /** The server no longer lets the caller read this room. */
  readonly onGone: (roomId: string) => void;
  readonly maxEntries: number;
  readonly maxReplay: number;
}
