import type { ChatClient, Timeline } from '@chat/client';
import type { BackendEvent } from '../store/backend.ts';
import type { PresenceName } from '../store/model.ts';
import {
  toClosedReason,
  toConnectionView,
  toMe,
  toPresenceName,
  toRoomViews,
  toTimelineView,
} from './to-view.ts';

export type LiveViewOptions = {
  readonly client: ChatClient;
  readonly myId: string;
  readonly tell: (event: BackendEvent) => void;
  /** The login is of no use any more. */
  readonly onSignedOut: () => void;
};

const MAX_NAMES_ASKED = 100;

/** Turns what the client observes into events of the screen, until the answer is called. */
export function createLiveView({ client, myId, tell, onSignedOut }: LiveViewOptions): () => void {
  const watched = new Map<string, { readonly timeline: Timeline; readonly stop: () => void }>();
  const names = new Map<string, string>();
  const asked = new Set<string>();

  const tellRooms = (): void => {
    const { loaded, list } = client.rooms.getSnapshot();
    if (!loaded) return;
    const nameOf = (userId: string): string => names.get(userId) ?? '…';
    tell({ kind: 'rooms', rooms: toRoomViews(list, myId, nameOf) });
  };
  const askNames = (): void => {
    const wanted = client.rooms
      .getSnapshot()
      .list.flatMap((room) => room.directUserIds)
      .filter((userId) => userId !== myId && !asked.has(userId))
      .slice(0, MAX_NAMES_ASKED);
    if (wanted.length === 0) return;
    for (const userId of wanted) asked.add(userId);
    import('./service-definitions.ts')
      .then(({ UserServiceDefinition }) =>
        client.service(UserServiceDefinition).batchGetUsers({ userIds: wanted }),
      )
      .then(({ users }) => {
        for (const user of users) names.set(user.userId, user.displayName);
        tellRooms();
      })
      .catch(() => {
        // Asked again with the next change of the list.
        for (const userId of wanted) asked.delete(userId);
      });
  };
  const watchRooms = (): void => {
    const ids = new Set(client.rooms.getSnapshot().list.map((room) => room.roomId));
    for (const roomId of ids) {
      if (watched.has(roomId)) continue;
      const timeline = client.timeline(roomId);
      watched.set(roomId, { timeline, stop: timeline.subscribe(() => tellTimeline(timeline)) });
      tellTimeline(timeline);
    }
    for (const [roomId, { stop }] of watched) {
      if (ids.has(roomId)) continue;
      stop();
      watched.delete(roomId);
    }
  };
  const tellTimeline = (timeline: Timeline): void => {
    const snapshot = timeline.getSnapshot();
    const { roomId } = snapshot;
    tell({ kind: 'timeline', roomId, timeline: toTimelineView(snapshot, false) });
    const typists = snapshot.typing.filter(({ userId }) => userId !== myId);
    tell({
      kind: 'typing',
      roomId,
      typists: typists.map(({ userId, displayName }) => ({ userId, name: displayName })),
    });
    tellPresence();
  };
  let seen: readonly unknown[] = [];
  const tellPresence = (): void => {
    const parts = [...watched.values()].map(({ timeline }) => timeline.getSnapshot().presences);
    if (parts.length === seen.length && parts.every((part, index) => part === seen[index])) return;
    seen = parts;
    const statuses = new Map<string, PresenceName>();
    for (const part of parts)
      for (const [userId, { status }] of part) statuses.set(userId, toPresenceName(status));
    tell({ kind: 'presence', statuses });
  };
  const tellConnection = (): void => {
    const status = client.connection.getSnapshot();
    if (status.state === 'closed' && status.reason === 'stopped') return;
    if (
      status.state === 'closed' &&
      (status.reason === 'signed-out' || status.reason === 'invalid-token')
    )
      return onSignedOut();
    tell({ kind: 'connection', connection: toConnectionView(status, Date.now()) });
  };

  const stops = [
    client.connection.subscribe(tellConnection),
    client.me.subscribe(() => {
      const user = client.me.getSnapshot();
      if (user !== undefined) tell({ kind: 'signed-in', me: toMe(user) });
    }),
    client.rooms.subscribe(() => {
      tellRooms();
      watchRooms();
      askNames();
    }),
    client.onEvent((event) => {
      if (event.type === 'roomClosed')
        tell({ kind: 'room-closed', roomId: event.roomId, reason: toClosedReason(event.reason) });
    }),
  ];
  return () => {
    for (const stop of stops) stop();
    for (const { stop } of watched.values()) stop();
  };
}
