import type { User } from '@chat/protocol';
import type { ServiceClient, ServiceShape } from '../calls/service-client.ts';
import type { Clock } from '../clock.ts';
import type { Link } from '../link.ts';
import type { Observable } from '../observable.ts';
import type { ConnectionStatus } from './connection-api.ts';
import type { ChatEvent } from './events-api.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import type { Rooms } from './rooms-api.ts';
import type { Timeline } from './timeline-api.ts';

/** Asks the application for an access token. */
export type GetToken = (request: {
  /** True: the last token was refused or is about to run out. */
  readonly refresh: boolean;
}) => Promise<string | undefined>;

/** Settings of `createChatClient`; only `url` (or `link`) and `getToken` are needed. */
export interface ChatClientOptions {
  /** Address of the bridge: `ws://host:8080/bridge`. */
  readonly url?: string;
  /** Another way to the server, such as `createGrpcLink`; takes the place of `url` and `getToken`. */
  readonly link?: Link;
  /** Called before each connection and when the token runs out. `undefined` = signed out: the client stops. */
  readonly getToken?: GetToken;
  /** Keeps unsent messages over a restart. In memory by default. */
  readonly outbox?: OutboxStorage;
  /** Name and version of the program, for the server's log. */
  readonly clientName?: string;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Fresh ids of [A-Za-z0-9_-]{8,64}. */
  readonly newId?: () => string;
  /** Entries kept for each room. */
  readonly maxEntriesPerRoom?: number;
  /** Entries that may be missing before history is read anew instead of replayed. */
  readonly maxReplay?: number;
}

/** The chat as one user sees it. Make one for each login. */
export interface ChatClient {
  readonly connection: Observable<ConnectionStatus>;
  /** The caller; undefined before the first Ready. */
  readonly me: Observable<User | undefined>;
  readonly rooms: Rooms;
  /** The timeline of a room: always the same object for the same id. */
  timeline(roomId: string): Timeline;
  /** Typed calls of any service over the same connection. */
  service<S extends ServiceShape>(definition: S): ServiceClient<S>;
  /** Connects. */
  start(): void;
  /** Tries to connect at once. */
  tryNow(): void;
  /** The page became visible, the network came back, the machine woke. */
  wake(): void;
  /** Sets one's own presence; kept over reconnects. */
  setPresence(status: 'online' | 'away' | 'doNotDisturb' | 'invisible'): void;
  /** Calls the listener for every event; the answer ends it. */
  onEvent(listener: (event: ChatEvent) => void): () => void;
  /** The same events to iterate over. Ends with the client, or when the loop is left. A reader more than 10,000 events behind gets an error. */
  events(): AsyncIterableIterator<ChatEvent>;
  /** Resolves when the client is online; rejects with ChatClientError when it is closed first or the time is over. */
  ready(timeoutMs?: number): Promise<void>;
  /** Disconnects; queued messages stay in the outbox. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
