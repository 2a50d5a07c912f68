import { nameKey, type RoomId, RoomKind, type UserId, UserKind } from '@chat/protocol';
import type { IdSource } from '../ports/id-source.ts';
import type { Store } from '../ports/store.ts';

/** The account of the server itself. A fixed id, so that every start finds it. */
// Has the form of every id.
export const SYSTEM_USER_ID = 'system' as UserId;
/** The room everybody lands in. */
export const WELCOME_ROOM_NAME = 'welcome';

const GREETING = [
  'Welcome! This is where everybody lands first.',
  'Make a room of your own, share its code to invite others, or just say hello here.',
].join(' ');

/** Makes the system account, the welcome room and its greeting where they are missing. Returns the room. */
export async function prepareWelcome(store: Store, ids: IdSource): Promise<RoomId | undefined> {
  if ((await store.accounts.find([SYSTEM_USER_ID])).length === 0) {
    await store.accounts.create({
      userId: SYSTEM_USER_ID,
      kind: UserKind.SYSTEM,
      displayName: 'System',
      nameKey: nameKey('System'),
      username: undefined,
      passwordHash: undefined,
      admin: false,
    });
  }
  const made = await store.rooms.create({
    roomId: ids.roomId(),
    creatorId: SYSTEM_USER_ID,
    kind: RoomKind.PUBLIC,
    name: WELCOME_ROOM_NAME,
    nameKey: nameKey(WELCOME_ROOM_NAME),
    topic: 'The place to start',
    code: ids.roomCode(),
    passwordHash: undefined,
    guestsAllowed: true,
    requestId: 'welcome-room',
  });
  if (!made.ok) return undefined; // somebody else owns the name: then nobody is put anywhere
  const { roomId } = made.value.room;
  await store.log.append({
    type: 'post',
    roomId,
    actorId: SYSTEM_USER_ID,
    clientMessageId: 'welcome-greeting',
    text: GREETING,
    attachments: [],
    replyToSeq: 0,
    threadRootSeq: 0,
    alsoInRoom: false,
    mentions: [],
    poll: undefined,
  });
  return roomId;
}
