import { type MyRoom, Role, RoomKind, type Room as WireRoom } from '@chat/protocol';
import { ChatClientError } from '../errors.ts';
import { type Ask, METHODS } from './methods.ts';
import type { RoomList } from './room-list.ts';
import type { JoinTarget, Rooms, RoomView } from './rooms-api.ts';

/** What the list's calls tell the client. */
export interface RoomsHandlers {
  /** The whole list was read; these rooms are no longer in it. */
  onListed(rooms: readonly MyRoom[], gone: readonly string[]): void;
  onEntered(room: WireRoom): void;
  onLeft(roomId: string): void;
  newRequestId(): string;
}

/** The calls around the list of rooms. */
export function createRooms(ask: Ask, list: RoomList, handlers: RoomsHandlers): Rooms {
  const enter = (room: WireRoom | undefined, role: Role, joinSeq: bigint): RoomView => {
    if (room === undefined)
      throw new ChatClientError('INTERNAL', { message: 'no room in the answer' });
    const view = list.putJoined(room, role, Number(joinSeq));
    handlers.onEntered(room);
    return view;
  };

  return {
    getSnapshot: list.getSnapshot,
    subscribe: list.subscribe,
    get: list.get,
    async join(target, password = '') {
      const { room, role, joinSeq } = await ask(METHODS.joinRoom, {
        target: toWireTarget(target),
        password,
      });
      return enter(room, role, joinSeq);
    },
    async preview(code) {
      const { preview } = await ask(METHODS.previewRoom, { code });
      if (preview === undefined) throw new ChatClientError('NOT_FOUND');
      return preview;
    },
    async create({ name, private: isPrivate, topic, password, membersOnly }) {
      const { room } = await ask(METHODS.createRoom, {
        name,
        kind: isPrivate === true ? RoomKind.PRIVATE : RoomKind.PUBLIC,
        topic: topic ?? '',
        password: password ?? '',
        membersOnly: membersOnly ?? false,
        requestId: handlers.newRequestId(),
      });
      return enter(room, Role.OWNER, 0n);
    },
    async leave(roomId) {
      await ask(METHODS.leaveRoom, { roomId });
      handlers.onLeft(roomId);
    },
    async openDirect(userIds) {
      const { room } = await ask(METHODS.openDirect, { userIds: [...userIds] });
      return enter(room, Role.MEMBER, 0n);
    },
    async refresh() {
      const { rooms } = await ask(METHODS.listMyRooms, {});
      handlers.onListed(rooms, list.replace(rooms));
    },
  };
}

function toWireTarget(target: JoinTarget) {
  if ('roomId' in target) return { $case: 'roomId', value: target.roomId } as const;
  if ('code' in target) return { $case: 'code', value: target.code } as const;
  return { $case: 'name', value: target.name } as const;
}
