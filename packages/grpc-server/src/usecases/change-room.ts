import {
  LIMITS,
  nameKey,
  normalizeRoomName,
  type RoomId,
  RoomKind,
  type UpdateRoomRequest,
} from '@chat/protocol';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { RoomView } from '../ports/rooms.ts';
import type { App, Caller } from './app.ts';
import { checkClientId, checkRoomId, checkText } from './check.ts';

/** Codes drawn before giving up: with 40 bits even a second draw is rare. */
const MAX_CODE_DRAWS = 5;

/** Makes a room with the caller as owner. NAME_TAKEN for a public name in use. */
export async function createRoom(
  app: App,
  caller: Caller,
  request: {
    readonly name: string;
    readonly kind: RoomKind;
    readonly topic: string;
    readonly password: string;
    readonly membersOnly: boolean;
    readonly requestId: string;
  },
): Promise<Outcome<RoomView>> {
  const kind = request.kind === RoomKind.UNSPECIFIED ? RoomKind.PUBLIC : request.kind;
  if (kind !== RoomKind.PUBLIC && kind !== RoomKind.PRIVATE) {
    return refuse('BAD_FIELD', { field: 'kind' });
  }
  const name = normalizeRoomName(request.name);
  if (!name.ok) return refuse(name.code, { field: 'name' });
  const topic = checkText(request.topic, LIMITS.maxTopicCodePoints, 'topic');
  if (!topic.ok) return topic;
  const requestId = checkClientId(request.requestId, 'request_id', true);
  if (!requestId.ok) return requestId;
  const password = checkRoomPassword(request.password);
  if (!password.ok) return password;
  const allowed = app.limits.take('createRoom', caller.account.userId);
  if (!allowed.ok) return allowed;
  const passwordHash =
    request.password === '' ? undefined : await app.passwords.hash(request.password);
  return drawCode(app, (code) =>
    app.store.rooms.create({
      roomId: app.ids.roomId(),
      creatorId: caller.account.userId,
      kind,
      name: name.name,
      nameKey: name.key,
      topic: topic.value,
      code,
      passwordHash,
      guestsAllowed: !request.membersOnly,
      requestId: requestId.value,
    }),
  );
}

/** Changes what is given. Owners only. Returns the room after it. */
export async function updateRoom(
  app: App,
  caller: Caller,
  request: UpdateRoomRequest,
): Promise<Outcome<RoomView>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const name = request.name === undefined ? undefined : normalizeRoomName(request.name);
  if (name?.ok === false) return refuse(name.code, { field: 'name' });
  const topic = checkText(request.topic ?? '', LIMITS.maxTopicCodePoints, 'topic');
  if (!topic.ok) return topic;
  const { kind, slowModeSeconds = 0 } = request;
  if (kind !== undefined && kind !== RoomKind.PUBLIC && kind !== RoomKind.PRIVATE) {
    return refuse('BAD_FIELD', { field: 'kind' });
  }
  if (slowModeSeconds > LIMITS.maxSlowModeSeconds) {
    return refuse('BAD_FIELD', { field: 'slow_mode_seconds' });
  }
  const password = checkRoomPassword(request.password ?? '');
  if (!password.ok) return password;
  const allowed = app.limits.take('change', caller.account.userId);
  if (!allowed.ok) return allowed;
  const appended = await app.store.log.append({
    type: 'change-settings',
    roomId: roomId.value,
    actorId: caller.account.userId,
    name: name?.name,
    nameKey: name?.key,
    topic: request.topic === undefined ? undefined : topic.value,
    kind,
    passwordHash: await newPasswordHash(app, request.password),
    slowModeSeconds: request.slowModeSeconds,
    guestsAllowed: request.guestsAllowed,
    archived: request.archived,
  });
  if (!appended.ok) return appended;
  return findRoom(app, roomId.value, caller);
}

/** Deletes a room with its log. Owners only. */
export async function deleteRoom(
  app: App,
  caller: Caller,
  roomIdText: string,
): Promise<Outcome<null>> {
  const roomId = checkRoomId(roomIdText);
  if (!roomId.ok) return roomId;
  if (roomId.value === app.settings.welcomeRoomId) return refuse('FORBIDDEN');
  return app.store.rooms.delete({ roomId: roomId.value, actorId: caller.account.userId });
}

/** Gives the room a new short code. Owners only. */
export async function rotateCode(
  app: App,
  caller: Caller,
  roomIdText: string,
): Promise<Outcome<string>> {
  const roomId = checkRoomId(roomIdText);
  if (!roomId.ok) return roomId;
  const actorId = caller.account.userId;
  const allowed = app.limits.take('change', actorId);
  if (!allowed.ok) return allowed;
  return drawCode(app, async (code) => {
    const set = await app.store.rooms.setCode({ roomId: roomId.value, actorId, code });
    return set.ok ? accept(code) : set;
  });
}

/** The room as the caller sees it; NOT_FOUND when it is gone. */
export async function findRoom(
  app: App,
  roomId: RoomId,
  caller: Caller,
): Promise<Outcome<RoomView>> {
  const view = await app.store.directory.find({ roomId }, caller.account.userId);
  return view === undefined ? refuse('NOT_FOUND', { field: 'room_id' }) : accept(view);
}

/** Case-folded beginning of a room name, for lists. */
export function roomNamePrefix(query: string): string {
  return nameKey(query.slice(0, LIMITS.maxRoomNameCodePoints * 2));
}

async function drawCode<T>(
  app: App,
  attempt: (code: string) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  for (let draw = 1; ; draw += 1) {
    const result = await attempt(app.ids.roomCode());
    const collided = !result.ok && result.error.code === 'LIMIT' && result.error.field === 'code';
    if (!collided || draw === MAX_CODE_DRAWS) return result;
  }
}

function checkRoomPassword(password: string): Outcome<null> {
  if (!password.isWellFormed()) return refuse('BAD_TEXT', { field: 'password' });
  const long =
    password.length > LIMITS.maxRoomPasswordCodePoints * 2 ||
    Array.from(password).length > LIMITS.maxRoomPasswordCodePoints;
  return long ? refuse('TOO_LONG', { field: 'password' }) : accept(null);
}

async function newPasswordHash(app: App, password: string | undefined) {
  if (password === undefined) return undefined;
  return password === '' ? null : app.passwords.hash(password);
}
