import { RoomKind } from '@chat/protocol';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { Room } from '../domain/room.ts';
import type { Invite } from '../ports/invites.ts';
import type { MyRoomView, NamedMember, Page, RoomView } from '../ports/rooms.ts';
import type { App, Caller } from './app.ts';
import { findRoom, roomNamePrefix } from './change-room.ts';
import { checkRoomId, clampLimit } from './check.ts';

/** Life of an invite when none is named, and at most. */
const DEFAULT_INVITE_SECONDS = 86_400;
const MAX_INVITE_SECONDS = 604_800;
const MAX_INVITE_USES = 100;
/** Longest page token that is looked at. */
const MAX_PAGE_TOKEN = 1_024;

/** A room the caller is a member of, or a public one. */
export async function getRoom(
  app: App,
  caller: Caller,
  roomIdText: string,
): Promise<Outcome<RoomView>> {
  const roomId = checkRoomId(roomIdText);
  if (!roomId.ok) return roomId;
  const view = await findRoom(app, roomId.value, caller);
  if (!view.ok) return view;
  const { room, member } = view.value;
  const visible = member !== undefined || room.settings.kind === RoomKind.PUBLIC;
  return visible ? view : refuse('NOT_FOUND', { field: 'room_id' });
}

/** Public rooms, most members first. */
export async function listPublicRooms(
  app: App,
  request: { readonly limit: number; readonly pageToken: string; readonly query: string },
): Promise<Outcome<Page<Room>>> {
  const after = checkPageToken(request.pageToken);
  if (!after.ok) return after;
  const page = await app.store.directory.listPublic({
    nameKeyPrefix: roomNamePrefix(request.query),
    after: after.value,
    limit: clampLimit(request.limit, 50, 100),
  });
  return accept(page);
}

/** The caller's rooms with what is unread. */
export function listMyRooms(app: App, caller: Caller): Promise<readonly MyRoomView[]> {
  return app.store.directory.listMine(caller.account.userId);
}

/** Members of a room of the caller. */
export async function listMembers(
  app: App,
  caller: Caller,
  request: { readonly roomId: string; readonly limit: number; readonly pageToken: string },
): Promise<Outcome<Page<NamedMember>>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const after = checkPageToken(request.pageToken);
  if (!after.ok) return after;
  return app.store.directory.listMembers({
    roomId: roomId.value,
    askerId: caller.account.userId,
    after: after.value,
    limit: clampLimit(request.limit, 100, 200),
  });
}

/** Makes an invite. */
export async function createInvite(
  app: App,
  caller: Caller,
  request: {
    readonly roomId: string;
    readonly expiresInSeconds: number;
    readonly maxUses: number;
  },
): Promise<Outcome<Invite>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const seconds = request.expiresInSeconds || DEFAULT_INVITE_SECONDS;
  if (seconds > MAX_INVITE_SECONDS) return refuse('BAD_FIELD', { field: 'expires_in_seconds' });
  if (request.maxUses > MAX_INVITE_USES) return refuse('BAD_FIELD', { field: 'max_uses' });
  const creatorId = caller.account.userId;
  const allowed = app.limits.take('invite', creatorId);
  if (!allowed.ok) return allowed;
  return app.store.invites.create({
    code: app.ids.inviteCode(),
    roomId: roomId.value,
    creatorId,
    expiresMs: app.clock.nowMs() + seconds * 1_000,
    maxUses: request.maxUses,
  });
}

/** Live invites of a room; moderators only. */
export async function listInvites(
  app: App,
  caller: Caller,
  roomIdText: string,
): Promise<Outcome<readonly Invite[]>> {
  const roomId = checkRoomId(roomIdText);
  if (!roomId.ok) return roomId;
  return app.store.invites.list({ roomId: roomId.value, actorId: caller.account.userId });
}

/** Ends an invite. */
export function revokeInvite(app: App, caller: Caller, code: string): Promise<Outcome<null>> {
  return app.store.invites.revoke({ code: code.slice(0, 64), actorId: caller.account.userId });
}

/** A cursor as the store knows it; empty = first page. What is no cursor the store refuses. */
export function checkPageToken(token: string): Outcome<string | undefined> {
  if (token.length > MAX_PAGE_TOKEN) return refuse('BAD_CURSOR', { field: 'page_token' });
  return accept(token === '' ? undefined : token);
}
