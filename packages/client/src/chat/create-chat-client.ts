import { PresenceStatus, RoomClosedReason, type User } from '@chat/protocol';
import { createClient } from '../calls/create-client.ts';
import { systemClock } from '../clock.ts';
import { createBridgeLink } from '../connection/bridge-link.ts';
import type { Link } from '../link.ts';
import { createSubject } from '../observable.ts';
import type { ChatClient, ChatClientOptions } from './chat-client-api.ts';
import { createEventFeed } from './event-feed.ts';
import { createLiveSession } from './live-session.ts';
import { createAsk } from './methods.ts';
import { createMemoryOutbox } from './outbox-storage.ts';
import { createRoom, type Room } from './room.ts';
import type { RoomContext } from './room-context.ts';
import { createRoomList } from './room-list.ts';
import { createRooms } from './rooms.ts';
import { type EventRoutes, routeEvent } from './route-event.ts';
import { createStatusTracker, whenOnline } from './status-tracker.ts';
import { createSubscriber } from './subscriber.ts';

/** Entries kept for each room: days of a busy room, some megabytes. */
const DEFAULT_MAX_ENTRIES = 10_000;
/** Missing entries that are replayed rather than skipped with a fresh page. */
const DEFAULT_MAX_REPLAY = 1_000;
/** The list of rooms is asked for again after this wait when it could not be read. */
const REFRESH_RETRY_MS = 2_000;
const DEFAULT_READY_TIMEOUT_MS = 30_000;

const PRESENCE = {
  online: PresenceStatus.ONLINE,
  away: PresenceStatus.AWAY,
  doNotDisturb: PresenceStatus.DO_NOT_DISTURB,
  invisible: PresenceStatus.OFFLINE,
} as const;

/** Makes the chat of one user. Nothing happens before `start()`. */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const storage = options.outbox ?? createMemoryOutbox();
  const link = options.link ?? createOwnLink(options);
  const environment = { link, clock, random };
  const ask = createAsk(environment);
  const feed = createEventFeed();
  const list = createRoomList();
  const me = createSubject<User | undefined>(undefined);
  const tracker = createStatusTracker(link, clock, feed.emit);
  const rooms = new Map<string, Room>();
  let outboxLoaded = false;
  let presence: keyof typeof PRESENCE = 'online';
  let started = false;
  let cancelRefresh: (() => void) | undefined;

  const live = createLiveSession(link, clock, random, {
    onReady(ready) {
      tracker.markOnline();
      me.set(ready.user);
      if (ready.user !== undefined) {
        feed.emit({ type: 'ready', user: ready.user, sessionId: ready.sessionId });
      }
      onLive();
    },
    onEvent: (event) => routeEvent(event, routes),
    onState(state) {
      if (state.name !== 'live') goDown();
      tracker.update(live.state);
    },
  });

  const context: RoomContext = {
    live,
    ask,
    clock,
    random,
    newId: options.newId ?? (() => crypto.randomUUID()),
    storage,
    outboxLoaded: () => outboxLoaded,
    me: me.getSnapshot,
    emit: feed.emit,
    onRows: (roomId, rows) => list.onRows(roomId, rows),
    onGone: (roomId) => closeRoom(roomId, RoomClosedReason.UNSPECIFIED),
    maxEntries: options.maxEntriesPerRoom ?? DEFAULT_MAX_ENTRIES,
    maxReplay: options.maxReplay ?? DEFAULT_MAX_REPLAY,
  };

  const room = (roomId: string): Room => {
    let found = rooms.get(roomId);
    if (found === undefined) {
      found = createRoom(context, roomId, {
        subscribe: (id) => subscriber.subscribe([id]),
        onMarked: (id, readSeq) => list.setRead(id, readSeq, room(id).countUnread(readSeq)),
        onUnread: (id, readSeq, messages, mentions) =>
          list.setRead(id, readSeq, { messages, mentions }),
      });
      rooms.set(roomId, found);
    }
    return found;
  };

  const subscriber = createSubscriber(
    live,
    clock,
    random,
    (roomId) => (list.get(roomId) === undefined ? undefined : room(roomId)),
    (roomId) => closeRoom(roomId, RoomClosedReason.UNSPECIFIED),
  );

  const roomsApi = createRooms(ask, list, {
    onListed(listed, gone) {
      for (const roomId of gone) closeRoom(roomId, RoomClosedReason.UNSPECIFIED);
      const fresh: string[] = [];
      for (const { room: wire } of listed) {
        if (wire === undefined) continue;
        const entry = room(wire.roomId);
        entry.onAdded(wire.head);
        if (!subscribed.has(wire.roomId)) fresh.push(wire.roomId);
      }
      subscribe(fresh);
    },
    onEntered(wire) {
      room(wire.roomId).onAdded(wire.head);
      subscribe([wire.roomId]);
    },
    onLeft: (roomId) => closeRoom(roomId, RoomClosedReason.LEFT),
    newRequestId: context.newId,
  });

  // Rooms that were asked for on the present stream.
  const subscribed = new Set<string>();

  const subscribe = (roomIds: readonly string[]): void => {
    if (live.state.name !== 'live') return;
    const fresh = roomIds.filter((roomId) => !subscribed.has(roomId));
    for (const roomId of fresh) subscribed.add(roomId);
    subscriber.subscribe(fresh);
  };

  const onLive = (): void => {
    subscribed.clear();
    subscriber.reset();
    if (presence !== 'online') tellPresence();
    // Known rooms go on at once; the list then tells of those that came or went meanwhile.
    subscribe(list.getSnapshot().list.map(({ roomId }) => roomId));
    for (const entry of rooms.values()) entry.onLive();
    cancelRefresh?.();
    refreshRooms();
  };

  const refreshRooms = (): void => {
    roomsApi.refresh().catch(() => {
      // Without the list nothing new would ever be subscribed.
      if (live.state.name === 'live') cancelRefresh = clock.after(REFRESH_RETRY_MS, refreshRooms);
    });
  };

  const goDown = (): void => {
    if (subscribed.size === 0) return;
    subscribed.clear();
    subscriber.reset();
    for (const entry of rooms.values()) entry.onDown();
  };

  const closeRoom = (roomId: string, reason: RoomClosedReason): void => {
    subscribed.delete(roomId);
    const known = list.get(roomId) !== undefined;
    list.remove(roomId);
    rooms.get(roomId)?.onClosed(reason);
    if (known) feed.emit({ type: 'roomClosed', roomId, reason });
  };

  const routes: EventRoutes = {
    rooms,
    list,
    me,
    emit: feed.emit,
    room,
    subscribe,
    closeRoom,
  };

  const tellPresence = (): void =>
    live.tell({ $case: 'setPresence', value: { status: PRESENCE[presence] } });

  const loadOutbox = async (): Promise<void> => {
    try {
      for (const stored of await storage.load()) room(stored.roomId).restore(stored);
    } catch {
      // Unreadable: what was unsent before stays there; new messages are sent all the same.
    }
    outboxLoaded = true;
    if (live.state.name === 'live') for (const entry of rooms.values()) entry.onLive();
  };

  const stop = (): Promise<void> => {
    live.stop();
    link.close();
    cancelRefresh?.();
    subscriber.reset();
    for (const entry of rooms.values()) entry.stop();
    feed.end();
    return Promise.resolve();
  };

  return {
    connection: tracker.status,
    me,
    rooms: roomsApi,
    timeline: (roomId) => room(roomId).timeline,
    service: (definition) => createClient(definition, environment),
    start() {
      if (started) return;
      started = true;
      void loadOutbox();
      link.status.subscribe(() => tracker.update(live.state));
      link.start();
      live.start();
    },
    tryNow() {
      link.tryNow();
      live.tryNow();
    },
    wake() {
      link.wake();
      live.tryNow();
    },
    setPresence(next) {
      presence = next;
      tellPresence();
    },
    onEvent: feed.onEvent,
    events: feed.events,
    ready(timeoutMs = DEFAULT_READY_TIMEOUT_MS) {
      return whenOnline(tracker.status, (task) => clock.after(timeoutMs, task));
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function createOwnLink(options: ChatClientOptions): Link {
  const { url, getToken } = options;
  if (url === undefined || getToken === undefined) {
    throw new TypeError('createChatClient needs `url` and `getToken`, or `link`');
  }
  const { clientName, clock, random } = options;
  return createBridgeLink({ url, getToken, clientName, clock, random });
}
