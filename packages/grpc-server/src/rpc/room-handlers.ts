import { PresenceStatus, type RoomServiceDefinition, toWireSeq } from '@chat/protocol';
import type { Handlers } from '@chat/protocol/grpc';
import type { RoomView } from '../ports/rooms.ts';
import { createRoom, deleteRoom, rotateCode, updateRoom } from '../usecases/change-room.ts';
import { joinRoom, leaveRoom, openDirect, previewRoom } from '../usecases/join-room.ts';
import {
  createInvite,
  getRoom,
  listInvites,
  listMembers,
  listMyRooms,
  listPublicRooms,
  revokeInvite,
} from '../usecases/read-rooms.ts';
import {
  toMemberPresence,
  toMyRoom,
  toWireInvite,
  toWireMember,
  toWireRole,
  toWireRoom,
} from '../wire/to-wire.ts';
import { optionalCallerOf, originOf, type RpcDeps, unwrap, withCaller } from './call.ts';

/** Rooms, their members and the ways into them. */
export function roomHandlers(deps: RpcDeps): Handlers<typeof RoomServiceDefinition> {
  const { app } = deps;
  const { epoch } = app.store;
  const roomOf = (view: RoomView) => toWireRoom(epoch, view.room, view.member !== undefined);
  return {
    createRoom: withCaller(deps, async (caller, request) => ({
      room: roomOf(unwrap(await createRoom(app, caller, request))),
    })),
    getRoom: withCaller(deps, async (caller, request) => {
      const view = unwrap(await getRoom(app, caller, request.roomId));
      return { room: roomOf(view), role: toWireRole(view) };
    }),
    updateRoom: withCaller(deps, async (caller, request) => ({
      room: roomOf(unwrap(await updateRoom(app, caller, request))),
    })),
    deleteRoom: withCaller(deps, async (caller, request) => {
      unwrap(await deleteRoom(app, caller, request.roomId));
      return {};
    }),
    listPublicRooms: async (request, call) => {
      await optionalCallerOf(deps, call);
      const page = unwrap(await listPublicRooms(app, request));
      return {
        rooms: page.items.map((room) => toWireRoom(epoch, room, false)),
        nextPageToken: page.next ?? '',
      };
    },
    listMyRooms: withCaller(deps, async (caller) => {
      const rooms = await listMyRooms(app, caller);
      return { rooms: rooms.map((view) => toMyRoom(epoch, view)) };
    }),
    previewRoom: async (request, call) => {
      await optionalCallerOf(deps, call);
      const found = unwrap(await previewRoom(app, originOf(deps, call), request.code));
      const { room } = found.view;
      return {
        preview: {
          roomId: room.roomId,
          name: room.settings.name,
          topic: room.settings.topic,
          memberCount: room.memberCount,
          hasPassword: room.settings.passwordHash !== undefined,
          guestsAllowed: room.settings.guestsAllowed,
          invitedBy: found.invitedBy,
        },
      };
    },
    joinRoom: withCaller(deps, async (caller, request, call) => {
      const view = unwrap(await joinRoom(app, originOf(deps, call), caller, request));
      const joinSeq = toWireSeq(view.member?.joinSeq ?? 0);
      return { room: roomOf(view), role: toWireRole(view), joinSeq };
    }),
    leaveRoom: withCaller(deps, async (caller, request) => {
      unwrap(await leaveRoom(app, caller, request.roomId));
      return {};
    }),
    openDirect: withCaller(deps, async (caller, request) => ({
      room: roomOf(unwrap(await openDirect(app, caller, request.userIds))),
    })),
    listMembers: withCaller(deps, async (caller, request) => {
      const page = unwrap(await listMembers(app, caller, request));
      const presences = page.items
        .map((member) => toMemberPresence(member, app.live.presenceOf(member.userId)))
        .filter(({ status }) => status !== PresenceStatus.OFFLINE);
      return { members: page.items.map(toWireMember), presences, nextPageToken: page.next ?? '' };
    }),
    createInvite: withCaller(deps, async (caller, request) => ({
      invite: toWireInvite(unwrap(await createInvite(app, caller, request))),
    })),
    listInvites: withCaller(deps, async (caller, request) => ({
      invites: unwrap(await listInvites(app, caller, request.roomId)).map(toWireInvite),
    })),
    revokeInvite: withCaller(deps, async (caller, request) => {
      unwrap(await revokeInvite(app, caller, request.code));
      return {};
    }),
    rotateCode: withCaller(deps, async (caller, request) => ({
      code: unwrap(await rotateCode(app, caller, request.roomId)),
    })),
  };
}
