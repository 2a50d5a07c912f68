import {
  Entry,
  type ErrorCode,
  type RoomId,
  RoomKind,
  type UserId,
  UserKind,
} from '@chat/protocol';
import type { Account } from '../../src/domain/account.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { PostMessage, RoomAction } from '../../src/domain/room-command.ts';
import type { Appended } from '../../src/ports/room-log.ts';
import type { CreateRoom, RoomView } from '../../src/ports/rooms.ts';
import type { Store } from '../../src/ports/store.ts';

/** The value of an outcome; a refusal fails the test. */
export function value<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.error)}`);
  return outcome.value;
}

/** The code of a refusal, or "ok". */
export function code(outcome: Outcome<unknown>): ErrorCode | 'ok' {
  return outcome.ok ? 'ok' : outcome.error.code;
}

/** Names in tests are their own ids. */
export const user = (id: string): UserId => id as UserId;
export const room = (id: string): RoomId => id as RoomId;

/** Makes an account called like its id. */
export async function makeUser(
  store: Store,
  id: string,
  kind: UserKind = UserKind.REGISTERED,
): Promise<Account> {
  const account = {
    userId: user(id),
    kind,
    displayName: id,
    nameKey: id.toLowerCase(),
    username: kind === UserKind.REGISTERED ? id.toLowerCase() : undefined,
    passwordHash: kind === UserKind.REGISTERED ? `hash of ${id}` : undefined,
    admin: false,
  };
  return value(await store.accounts.create(account));
}

/** Makes a room called like its id. */
export async function makeRoom(
  store: Store,
  id: string,
  creator: string,
  change: Partial<CreateRoom> = {},
): Promise<RoomView> {
  return value(
    await store.rooms.create({
      roomId: room(id),
      creatorId: user(creator),
      kind: RoomKind.PUBLIC,
      name: id,
      nameKey: id.toLowerCase(),
      topic: '',
      code: `CODE-${id}`,
      passwordHash: undefined,
      guestsAllowed: true,
      requestId: '',
      ...change,
    }),
  );
}

/** A post with this text. */
export function post(clientMessageId: string, change: Partial<PostMessage> = {}): PostMessage {
  return {
    type: 'post',
    clientMessageId,
    text: `text of ${clientMessageId}`,
    attachments: [],
    replyToSeq: 0,
    threadRootSeq: 0,
    alsoInRoom: false,
    mentions: [],
    poll: undefined,
    ...change,
  };
}

/** Wants something in a room. */
export function act(
  store: Store,
  actorId: string,
  roomId: string,
  action: RoomAction,
): Promise<Outcome<Appended>> {
  return store.log.append({ ...action, actorId: user(actorId), roomId: room(roomId) });
}

/** Joins a public room. */
export const JOIN: RoomAction = { type: 'join', via: 'public', provenPasswordHash: undefined };

/** A room with members: the first is its owner. */
export async function makeParty(
  store: Store,
  id: string,
  members: readonly string[],
  change: Partial<CreateRoom> = {},
): Promise<void> {
  for (const member of members) await makeUser(store, member);
  await makeRoom(store, id, members[0] ?? '', change);
  const join: RoomAction = { type: 'join', via: 'code', provenPasswordHash: change.passwordHash };
  for (const member of members.slice(1)) value(await act(store, member, id, join));
}

/** The whole log as the server sees it, decoded. */
export async function readLog(store: Store, id: string, readerId?: string): Promise<Entry[]> {
  const page = value(
    await store.log.readEntries({
      roomId: room(id),
      readerId: readerId === undefined ? undefined : user(readerId),
      anchor: { at: 'after', seq: 0 },
      limit: 10_000,
    }),
  );
  return page.entries.map(({ bytes }) => Entry.decode(bytes));
}
