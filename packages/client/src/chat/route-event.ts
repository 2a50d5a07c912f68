import type { RoomClosedReason, User } from '@chat/protocol';
import type { Subject } from '../observable.ts';
import type { ChatEvent } from './events-api.ts';
import type { LiveEvent } from './live-stream.ts';
import type { Room } from './room.ts';
import type { RoomList } from './room-list.ts';

/** Where events go. */
export interface EventRoutes {
  /** The rooms held so far. */
  readonly rooms: ReadonlyMap<string, Room>;
  readonly list: RoomList;
  readonly me: Subject<User | undefined>;
  readonly emit: (event: ChatEvent) => void;
  /** The room of an id; made when there is none. */
  readonly room: (roomId: string) => Room;
  /** Subscribes the rooms that were not asked for on the present stream. */
  readonly subscribe: (roomIds: readonly string[]) => void;
  readonly closeRoom: (roomId: string, reason: RoomClosedReason) => void;
}

/** Hands an event of the stream to whom it concerns. Only `roomAdded` makes a room. */
export function routeEvent(event: LiveEvent, routes: EventRoutes): void {
  const { rooms, list, me, emit, room, subscribe, closeRoom } = routes;
  switch (event.$case) {
    case 'opened':
      rooms.get(event.value.roomId)?.onOpened(event.value);
      list.setOnline(event.value.roomId, event.value.onlineCount);
      break;
    case 'roomEntries':
      rooms.get(event.value.roomId)?.onEntries(event.value.entries);
      break;
    case 'lagging':
      rooms.get(event.value.roomId)?.onLagging(event.value);
      break;
    case 'resync':
      rooms.get(event.value.roomId)?.onResync(event.value);
      break;
    case 'roomClosed':
      closeRoom(event.value.roomId, event.value.reason);
      break;
    case 'roomAdded': {
      const wasThere = event.value.room !== undefined && list.get(event.value.room.roomId);
      const added = list.put(event.value);
      if (added === undefined) break;
      room(added.roomId).onAdded(event.value.room?.head);
      subscribe([added.roomId]);
      if (!wasThere) emit({ type: 'roomAdded', room: added });
      break;
    }
    case 'typing': {
      const { roomId, userId, displayName, typing } = event.value;
      rooms.get(roomId)?.ephemera.onTyping(event.value);
      emit({ type: 'typing', roomId, userId, displayName, typing });
      break;
    }
    case 'presenceChanged':
      rooms.get(event.value.roomId)?.ephemera.onPresence(event.value);
      list.setOnline(event.value.roomId, event.value.onlineCount);
      break;
    case 'readCursor': {
      const { roomId, userId, seq } = event.value;
      const entry = rooms.get(roomId);
      entry?.ephemera.onReadCursor(event.value);
      // Read on another device.
      if (userId === me.getSnapshot()?.userId) {
        list.setRead(roomId, Number(seq), entry?.countUnread(Number(seq)));
      }
      break;
    }
    case 'userChanged': {
      const user = event.value;
      if (user.userId === me.getSnapshot()?.userId) me.set(user);
      for (const entry of rooms.values()) entry.ephemera.onRenamed(user.userId, user.displayName);
      break;
    }
  }
}
