import { useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { showPageBadge } from '../browser/page-badge.ts';
import { recall, remember } from '../browser/remembered.ts';
import { useHotkeys } from '../browser/use-hotkeys.ts';
import { useApp, useAppState } from '../store/app-store.ts';
import type { RoomView } from '../store/model.ts';
import { unreadTotal } from '../store/state.ts';
import { Button } from '../ui/button.tsx';
import { Conversation } from './conversation/conversation.tsx';
import { TimelineSkeleton } from './conversation/timeline-skeleton.tsx';
import { PeoplePanel } from './people/people-panel.tsx';
import { Sidebar } from './rooms/sidebar.tsx';

/** The chat: rooms on the left, one conversation, its people on the right. A phone shows one of them at a time. */
export function ChatPage({ roomId }: { readonly roomId: string | undefined }) {
  const room = useAppState((state) => state.rooms.find(({ id }) => id === roomId));
  const roomsKnown = useAppState((state) => state.roomsKnown);
  const unread = useAppState((state) => unreadTotal(state.rooms));
  const peopleOpen = useAppState((state) => state.peopleOpen);
  const [, go] = useLocation();
  const lastSeen = useRef<string | undefined>(undefined);
  useHotkeys(roomId);
  useEffect(() => showPageBadge(room?.name, unread), [room?.name, unread]);
  useEffect(() => {
    if (room !== undefined) {
      remember('last-room', room.id);
      lastSeen.current = room.id;
    } else if (roomsKnown && roomId !== undefined && lastSeen.current === roomId) {
      // The room ended while it was open.
      go('/', { replace: true });
    }
  }, [room, roomsKnown, roomId, go]);
  const layout = `chat${roomId === undefined ? ' shows-list' : ' shows-room'}${room !== undefined && peopleOpen ? ' shows-people' : ''}`;
  return (
    <div className={layout}>
      <Sidebar activeRoomId={roomId} />
      {room !== undefined ? (
        <Conversation room={room} />
      ) : (
        <main className="conversation">
          {roomsKnown ? <NoRoom missing={roomId !== undefined} /> : <TimelineSkeleton />}
        </main>
      )}
      {room !== undefined && peopleOpen ? <PeoplePanel room={room} /> : null}
    </div>
  );
}

/** Leads from `/` to the room of the last visit, or to #welcome. */
export function HomePage() {
  const rooms = useAppState((state) => state.rooms);
  const roomsKnown = useAppState((state) => state.roomsKnown);
  const [, go] = useLocation();
  const home = homeRoom(rooms, recall('last-room'));
  useEffect(() => {
    if (home !== undefined) go(`/r/${home}`, { replace: true });
    else if (roomsKnown) go('/r/list', { replace: true });
  }, [home, roomsKnown, go]);
  return <ChatPage roomId={undefined} />;
}

/** The room of the last visit while it is in the list, else #welcome, else the first. */
export function homeRoom(rooms: readonly RoomView[], lastRoomId: string): string | undefined {
  const room =
    rooms.find(({ id }) => id === lastRoomId) ??
    rooms.find(({ kind, name }) => kind === 'public' && name === 'welcome') ??
    rooms[0];
  return room?.id;
}

function NoRoom({ missing }: { readonly missing: boolean }) {
  const app = useApp();
  return (
    <div className="empty empty-page">
      <h1>{missing ? 'You are not in this room' : 'Pick a room'}</h1>
      <p>
        {missing
          ? 'It may be private, or it was deleted. A code or an invitation brings you in.'
          : 'Rooms are on the left. Make one for your people, or join one with its code.'}
      </p>
      <div className="empty-actions">
        <Button look="primary" onClick={() => app.openDialog({ kind: 'create-room' })}>
          Create a room
        </Button>
        <Button onClick={() => app.openDialog({ kind: 'join-code' })}>Join with a code</Button>
        <Button onClick={() => app.openDialog({ kind: 'browse' })}>Browse public rooms</Button>
      </div>
    </div>
  );
}
