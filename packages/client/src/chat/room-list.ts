import { fromTimestamp, type MyRoom, type Role, type Room as WireRoom } from '@chat/protocol';
import { createView, type Observable } from '../observable.ts';
import type { TimelineItem } from './message-api.ts';
import type { RoomsSnapshot, RoomView } from './rooms-api.ts';

/** The caller's rooms with what is unread in them. */
export interface RoomList extends Observable<RoomsSnapshot> {
  readonly get: (roomId: string) => RoomView | undefined;
  /** The whole list as the server has it; answers the rooms that are no longer in it. */
  replace(rooms: readonly MyRoom[]): readonly string[];
  /** Adds or replaces one room. */
  put(room: MyRoom): RoomView | undefined;
  /** Adds a room the caller has just entered. */
  putJoined(room: WireRoom, role: Role, joinSeq: number): RoomView;
  remove(roomId: string): void;
  /** New rows of a room's log. */
  onRows(roomId: string, rows: readonly TimelineItem[]): void;
  /** The caller has read up to here; the count is what is left, undefined when it is not known. */
  setRead(
    roomId: string,
    readSeq: number,
    left: { readonly messages: number; readonly mentions: number } | undefined,
  ): void;
  setOnline(roomId: string, onlineCount: number): void;
}

interface Listed {
  view: RoomView;
  /** Rows up to here are in the unread count already. */
  countedSeq: number;
  /** Order of the list: the room where something was said last has the highest. */
  rank: number;
}

/** Makes an empty list. */
export function createRoomList(): RoomList {
  const rooms = new Map<string, Listed>();
  let loaded = false;
  let topRank = 0;

  const view = createView<RoomsSnapshot>(() => ({
    loaded,
    list: [...rooms.values()].sort((a, b) => b.rank - a.rank).map((listed) => listed.view),
  }));

  const put = (room: MyRoom): RoomView | undefined => {
    if (room.room === undefined) return undefined;
    const { roomId } = room.room;
    const old = rooms.get(roomId);
    const next = toView(room.room, room, old?.view);
    rooms.set(roomId, {
      view: next,
      countedSeq: Math.max(next.headSeq, old?.countedSeq ?? 0),
      rank: old?.rank ?? (topRank += 1),
    });
    return next;
  };

  const update = (roomId: string, change: (view: RoomView) => RoomView): void => {
    const listed = rooms.get(roomId);
    if (listed === undefined) return;
    listed.view = change(listed.view);
    view.invalidate();
  };

  return {
    getSnapshot: view.getSnapshot,
    subscribe: view.subscribe,
    get: (roomId) => rooms.get(roomId)?.view,
    replace(next) {
      const ids = new Set(next.map(({ room }) => room?.roomId));
      const gone = [...rooms.keys()].filter((roomId) => !ids.has(roomId));
      for (const roomId of gone) rooms.delete(roomId);
      for (const room of next) put(room);
      // The server gives newest activity first.
      topRank += next.length;
      for (const [index, { room }] of next.entries()) {
        const listed = rooms.get(room?.roomId ?? '');
        if (listed !== undefined) listed.rank = topRank - index;
      }
      loaded = true;
      view.invalidate();
      return gone;
    },
    put(room) {
      const added = put(room);
      view.invalidate();
      return added;
    },
    putJoined(room, role, joinSeq) {
      const old = rooms.get(room.roomId);
      if (old !== undefined) return old.view;
      const joined = toView(room, { role, joinSeq: BigInt(joinSeq), unread: undefined }, undefined);
      rooms.set(room.roomId, { view: joined, countedSeq: joined.headSeq, rank: (topRank += 1) });
      view.invalidate();
      return joined;
    },
    remove(roomId) {
      if (rooms.delete(roomId)) view.invalidate();
    },
    onRows(roomId, newRows) {
      const listed = rooms.get(roomId);
      if (listed === undefined) return;
      let { headSeq, name, topic, memberCount, lastActivityMs, unreadMessages, unreadMentions } =
        listed.view;
      for (const row of newRows) {
        if (row.seq <= listed.countedSeq) continue;
        listed.countedSeq = row.seq;
        headSeq = Math.max(headSeq, row.seq);
        if (row.kind === 'message') {
          lastActivityMs = row.timeMs;
          listed.rank = topRank += 1;
          if (row.own || row.seq <= listed.view.readSeq) continue;
          unreadMessages += 1;
          if (row.mentionsMe) unreadMentions += 1;
        } else {
          if (row.notice.type === 'joined') memberCount += 1;
          if (row.notice.type === 'left' || row.notice.type === 'kicked') memberCount -= 1;
          if (row.notice.type === 'settings') ({ name, topic } = row.notice);
        }
      }
      update(roomId, (old) => ({
        ...old,
        headSeq,
        name,
        topic,
        memberCount: Math.max(0, memberCount),
        lastActivityMs,
        unreadMessages,
        unreadMentions,
      }));
    },
    setRead(roomId, readSeq, left) {
      update(roomId, (old) => {
        if (readSeq < old.readSeq) return old;
        const known = left ?? (readSeq >= old.headSeq ? { messages: 0, mentions: 0 } : undefined);
        return {
          ...old,
          readSeq,
          unreadMessages: known?.messages ?? old.unreadMessages,
          unreadMentions: known?.mentions ?? old.unreadMentions,
        };
      });
    },
    setOnline(roomId, onlineCount) {
      if (rooms.get(roomId)?.view.onlineCount === onlineCount) return;
      update(roomId, (old) => ({ ...old, onlineCount }));
    },
  };
}

function toView(
  room: WireRoom,
  place: Pick<MyRoom, 'role' | 'joinSeq' | 'unread'>,
  old: RoomView | undefined,
): RoomView {
  return {
    roomId: room.roomId,
    kind: room.kind,
    name: room.name,
    topic: room.topic,
    code: room.code,
    hasPassword: room.hasPassword,
    memberCount: room.memberCount,
    slowModeSeconds: room.slowModeSeconds,
    guestsAllowed: room.guestsAllowed,
    archived: room.archived,
    directUserIds: room.directUserIds,
    role: place.role,
    joinSeq: Number(place.joinSeq),
    headSeq: Math.max(Number(room.head?.seq ?? 0n), old?.headSeq ?? 0),
    readSeq: Math.max(Number(place.unread?.readSeq ?? place.joinSeq), old?.readSeq ?? 0),
    unreadMessages: place.unread?.messages ?? 0,
    unreadMentions: place.unread?.mentions ?? 0,
    onlineCount: old?.onlineCount ?? 0,
    lastActivityMs: old?.lastActivityMs ?? fromTimestamp(room.createTime),
  };
}
