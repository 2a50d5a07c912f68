import type { ChatClient, RoomView } from '@chat/client';
import { PresenceStatus, Role, RoomServiceDefinition } from '@chat/protocol';
import type { ChatEvent } from './chat-event.ts';
import type { ChatRoom, ListedMember } from './chat-port.ts';
import { asCliErrors } from './to-cli-error.ts';
import { textOf, toChangeEvent, toChatEvent } from './to-chat-event.ts';

/** Messages whose text is remembered, to tell an edit from a reaction. */
const MAX_REMEMBERED = 500;
/** Pages read when a room shows fewer events than asked for: entries such as reactions show nothing. */
const MAX_EXTRA_PAGES = 3;
/** Members listed at most. */
const MAX_MEMBERS = 200;

/** A room through the SDK. */
export function createSdkRoom(client: ChatClient, room: RoomView): ChatRoom {
  const { roomId } = room;
  const timeline = client.timeline(roomId);
  const remembered = new Map<number, { readonly text: string; readonly deleted: boolean }>();
  let stopListening: (() => void) | undefined;

  const events = (): ChatEvent[] =>
    timeline
      .getSnapshot()
      .items.map((item) => toChatEvent(roomId, item))
      .filter((event) => event !== undefined);

  const remember = (seq: number, text: string, deleted: boolean): void => {
    remembered.set(seq, { text, deleted });
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };

  const newest = async (count: number): Promise<readonly ChatEvent[]> => {
    for (let page = 0; page < MAX_EXTRA_PAGES && events().length < count; page += 1) {
      if (!(await timeline.loadOlder())) break;
    }
    return count === 0 ? [] : events().slice(-count);
  };

  const follow = (shownSeq: number, listener: (event: ChatEvent) => void): (() => void) => {
    let lastSeq = shownSeq;
    return client.onEvent((event) => {
      if (!('roomId' in event) || event.roomId !== roomId) return;
      if (event.type === 'message' || event.type === 'notice') {
        // What came between the page and the listener is in both.
        if (event.item.seq <= lastSeq) return;
        lastSeq = event.item.seq;
        if (event.item.kind === 'message')
          remember(event.item.seq, textOf(event.item), event.item.deleted);
        const shown = toChatEvent(roomId, event.item);
        if (shown !== undefined) listener(shown);
      }
      if (event.type === 'messageChanged') {
        const changed = toChangeEvent(
          roomId,
          event.item,
          remembered.get(event.item.seq),
          Date.now(),
        );
        if (remembered.has(event.item.seq))
          remember(event.item.seq, textOf(event.item), event.item.deleted);
        if (changed !== undefined) listener(changed);
      }
    });
  };

  return {
    roomId,
    name: room.name,
    topic: room.topic,
    code: room.code,
    open: (historyCount, listener) =>
      asCliErrors(async () => {
        stopListening?.();
        await timeline.open();
        const shown = await newest(historyCount);
        // From here to the listener nothing is awaited, so nothing is missed and nothing comes twice.
        const snapshot = timeline.getSnapshot();
        for (const item of snapshot.items) {
          if (item.kind === 'message' && item.seq > 0)
            remember(item.seq, textOf(item), item.deleted);
        }
        for (const event of shown) listener(event);
        stopListening = follow(snapshot.lastSeq, listener);
      }),
    history: (count) => asCliErrors(() => newest(count)),
    send: (text) =>
      asCliErrors(async () => {
        await timeline.send(text).sent;
      }),
    members: () =>
      asCliErrors(async () => {
        const { members, presences } = await client
          .service(RoomServiceDefinition)
          .listMembers({ roomId, limit: MAX_MEMBERS });
        const online = new Set(
          presences
            .filter(({ status }) => status !== PresenceStatus.OFFLINE)
            .map(({ userId }) => userId),
        );
        return members.map(
          ({ userId, displayName, role }): ListedMember => ({
            id: userId,
            name: displayName,
            role: roleName(role),
            online: online.has(userId),
          }),
        );
      }),
    leave: () =>
      asCliErrors(async () => {
        stopListening?.();
        await client.rooms.leave(roomId);
      }),
  };
}

function roleName(role: Role): ListedMember['role'] {
  if (role === Role.OWNER) return 'owner';
  return role === Role.MODERATOR ? 'moderator' : 'member';
}
