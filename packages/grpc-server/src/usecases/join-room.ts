import {
  type JoinRoomRequest,
  nameKey,
  normalizeCode,
  parseRoomId,
  RoomKind,
  type UserId,
  UserKind,
} from '@chat/protocol';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { JoinRoom } from '../domain/room-command.ts';
import type { RoomKey, RoomView } from '../ports/rooms.ts';
import type { App, Caller, Origin } from './app.ts';
import { findRoom } from './change-room.ts';
import { checkRoomId, checkUserId } from './check.ts';

/** Members of a group direct room beside the caller. */
const MAX_DIRECT_OTHERS = 7;

/** Makes the caller a member; OK when already one. Every wrong way in answers NOT_FOUND alike. */
export async function joinRoom(
  app: App,
  origin: Origin,
  caller: Caller,
  request: JoinRoomRequest,
): Promise<Outcome<RoomView>> {
  const actorId = caller.account.userId;
  const allowed = app.limits.take('join', actorId);
  if (!allowed.ok) return allowed;
  const found = await findByTarget(app, origin, actorId, request.target);
  if (!found.ok) return found;
  const { view, via } = found.value;
  if (view.member !== undefined) return accept(view);
  const { roomId, settings } = view.room;
  let provenPasswordHash: string | undefined;
  if (settings.passwordHash !== undefined && request.password !== '') {
    const proven = await app.passwords.verify(request.password, settings.passwordHash);
    if (!proven) return refuse('WRONG_PASSWORD', { field: 'password' });
    provenPasswordHash = settings.passwordHash;
  }
  const appended = await app.store.log.append({
    type: 'join',
    roomId,
    actorId,
    via,
    provenPasswordHash,
  });
  if (!appended.ok) return appended;
  return findRoom(app, roomId, caller);
}

/** Shows what is behind a code. NOT_FOUND for every kind of wrong code. */
export async function previewRoom(
  app: App,
  origin: Origin,
  codeText: string,
): Promise<Outcome<{ readonly view: RoomView; readonly invitedBy: string }>> {
  const found = await findByCode(app, origin, undefined, codeText);
  if (!found.ok) return found;
  const { view } = found.value;
  const [creator] = await app.store.accounts.find([view.room.creatorId]);
  return accept({ view, invitedBy: creator?.displayName ?? '' });
}

/** Ends the caller's membership; OK when not a member. */
export async function leaveRoom(
  app: App,
  caller: Caller,
  roomIdText: string,
): Promise<Outcome<null>> {
  const roomId = parseRoomId(roomIdText);
  if (roomId === undefined) return accept(null);
  const left = await app.store.log.append({
    type: 'leave',
    roomId,
    actorId: caller.account.userId,
  });
  // Not a member and no such room are the same to a leaver: nothing is left to do.
  return left.ok || left.error.code === 'NOT_FOUND' ? accept(null) : left;
}

/** Finds or makes the direct room with these users. */
export async function openDirect(
  app: App,
  caller: Caller,
  userIdTexts: readonly string[],
): Promise<Outcome<RoomView>> {
  const others = new Set<UserId>();
  for (const [index, text] of userIdTexts.entries()) {
    if (index >= MAX_DIRECT_OTHERS) return refuse('TOO_MANY', { field: 'user_ids' });
    const userId = checkUserId(text, `user_ids[${index}]`);
    if (!userId.ok) return userId;
    others.add(userId.value);
  }
  if (others.size === 0) return refuse('EMPTY', { field: 'user_ids' });
  if (others.has(caller.account.userId)) return refuse('BAD_FIELD', { field: 'user_ids' });
  const accounts = await app.store.accounts.find([...others]);
  if (accounts.some(({ kind }) => kind === UserKind.SYSTEM)) {
    return refuse('NOT_FOUND', { field: 'user_ids' });
  }
  const allowed = app.limits.take('openDirect', caller.account.userId);
  if (!allowed.ok) return allowed;
  for (const userId of others) {
    const blocked = await app.store.people.listBlocked(userId);
    if (blocked.some((account) => account.userId === caller.account.userId)) {
      return refuse('FORBIDDEN', { field: 'user_ids' });
    }
  }
  return app.store.rooms.openDirect({
    roomId: app.ids.roomId(),
    actorId: caller.account.userId,
    userIds: [...others],
  });
}

interface Found {
  readonly view: RoomView;
  readonly via: JoinRoom['via'];
}

async function findByTarget(
  app: App,
  origin: Origin,
  askerId: UserId,
  target: JoinRoomRequest['target'],
): Promise<Outcome<Found>> {
  switch (target?.$case) {
    case 'roomId': {
      const roomId = checkRoomId(target.value);
      if (!roomId.ok) return roomId;
      return found(await app.store.directory.find({ roomId: roomId.value }, askerId), 'room_id');
    }
    case 'name': {
      const key: RoomKey = { publicNameKey: nameKey(target.value.slice(0, 200)) };
      return found(await app.store.directory.find(key, askerId), 'name');
    }
    case 'code':
      return findByCode(app, origin, askerId, target.value);
    case undefined:
      return refuse('BAD_FIELD', { field: 'target' });
  }
}

function found(view: RoomView | undefined, field: string): Outcome<Found> {
  // A room that is not public is found by its members only.
  const visible =
    view !== undefined &&
    (view.member !== undefined || view.room.settings.kind === RoomKind.PUBLIC);
  return visible ? accept({ view, via: 'public' }) : refuse('NOT_FOUND', { field });
}

async function findByCode(
  app: App,
  origin: Origin,
  askerId: UserId | undefined,
  text: string,
): Promise<Outcome<Found>> {
  for (const key of [origin.remoteAddress, askerId]) {
    const allowed = key === undefined ? undefined : app.limits.take('codeLookup', key);
    if (allowed?.ok === false) return allowed;
  }
  const code = normalizeCode(text);
  if (code !== undefined) {
    const view = await app.store.directory.find({ code }, askerId);
    if (view !== undefined) return accept({ view, via: 'code' });
  }
  const inviteCode = text.trim();
  if (/^[\w-]{16,64}$/.test(inviteCode)) {
    const view = await app.store.directory.find({ inviteCode }, askerId);
    if (view !== undefined) return accept({ view, via: { inviteCode } });
  }
  return refuse('NOT_FOUND', { field: 'code' });
}
