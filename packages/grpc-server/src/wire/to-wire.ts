import {
  type Invite as WireInvite,
  type Member as WireMember,
  type MyRoom,
  type PresenceStatus,
  type Position,
  Role,
  type Room as WireRoom,
  toTimestamp,
  toWireSeq,
  type UnreadCount,
  type User,
} from '@chat/protocol';
import type { Account } from '../domain/account.ts';
import type { Room } from '../domain/room.ts';
import type { Invite } from '../ports/invites.ts';
import type { MyRoomView, NamedMember, RoomView, Unread } from '../ports/rooms.ts';

/** An account as others may see it. */
export function toWireUser(account: Account): User {
  const { userId, kind, displayName, avatarMediaId, suspended, admin, statusText } = account;
  return {
    userId,
    kind,
    displayName,
    username: account.username ?? '',
    avatarMediaId,
    createTime: toTimestamp(account.createdMs),
    suspended,
    admin,
    statusText,
  };
}

/** A place in a log. */
export function toPosition(epoch: string, seq: number): Position {
  return { epoch, seq: toWireSeq(seq) };
}

/** A room; its code only for members. */
export function toWireRoom(epoch: string, room: Room, forMember: boolean): WireRoom {
  const { settings } = room;
  return {
    roomId: room.roomId,
    kind: settings.kind,
    name: settings.name,
    topic: settings.topic,
    code: forMember ? room.code : '',
    hasPassword: settings.passwordHash !== undefined,
    createTime: toTimestamp(room.createdMs),
    memberCount: room.memberCount,
    head: toPosition(epoch, room.headSeq),
    slowModeSeconds: settings.slowModeSeconds,
    guestsAllowed: settings.guestsAllowed,
    archived: settings.archived,
    directUserIds: [...room.directUserIds],
  };
}

/** The role in a room; unspecified when not a member. */
export function toWireRole(view: RoomView): Role {
  return view.member?.role ?? Role.UNSPECIFIED;
}

/** A room with the caller's place in it. */
export function toMyRoom(epoch: string, view: MyRoomView): MyRoom {
  return {
    room: toWireRoom(epoch, view.room, true),
    role: view.member.role,
    unread: toUnreadCount(view.room.roomId, view.unread),
    joinSeq: toWireSeq(view.member.joinSeq),
  };
}

/** What is unread in a room. */
export function toUnreadCount(roomId: string, unread: Unread): UnreadCount {
  const { readSeq, messages, mentions } = unread;
  return { roomId, readSeq: toWireSeq(readSeq), messages, mentions };
}

/** A member. */
export function toWireMember(member: NamedMember): WireMember {
  const { roomId, userId, displayName, role, mutedUntilMs } = member;
  return {
    roomId,
    userId,
    displayName,
    role,
    joinTime: toTimestamp(member.joinedMs),
    joinSeq: toWireSeq(member.joinSeq),
    mutedUntil: mutedUntilMs === undefined ? undefined : toTimestamp(mutedUntilMs),
  };
}

/** Presence of a member for a list. */
export function toMemberPresence(member: NamedMember, status: PresenceStatus) {
  const { userId, displayName } = member;
  return { userId, displayName, status, lastSeenTime: undefined };
}

/** An invite. */
export function toWireInvite(invite: Invite): WireInvite {
  const { code, roomId, creatorId, expiresMs, maxUses, uses } = invite;
  const expireTime = expiresMs === undefined ? undefined : toTimestamp(expiresMs);
  return { code, roomId, creatorId, expireTime, maxUses, uses };
}
