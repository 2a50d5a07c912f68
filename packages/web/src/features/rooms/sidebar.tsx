import { Compass, KeyRound, Plus, Search } from 'lucide-react';
import { useApp, useAppState, useMe } from '../../store/app-store.ts';
import type { RoomView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { BrandMark } from '../../ui/brand.tsx';
import { IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { RoomItem } from './room-item.tsx';

/** The left column: rooms, people, and oneself. */
export function Sidebar({ activeRoomId }: { readonly activeRoomId: string | undefined }) {
  const app = useApp();
  const me = useMe();
  const rooms = useAppState((state) => state.rooms);
  const roomsKnown = useAppState((state) => state.roomsKnown);
  const places = rooms.filter((room) => room.kind === 'public' || room.kind === 'private');
  const directs = rooms.filter((room) => room.kind === 'direct' || room.kind === 'group');
  return (
    <nav className="sidebar" aria-label="Rooms">
      <header className="sidebar-head">
        <BrandMark size={26} />
        <span className="sidebar-title">Chat</span>
        <Menu
          trigger={
            <IconButton label="New">
              <Plus size={20} />
            </IconButton>
          }
          items={[
            {
              label: 'Create a room',
              icon: <Plus size={16} />,
              onSelect: () => app.openDialog({ kind: 'create-room' }),
            },
            {
              label: 'Join with a code',
              icon: <KeyRound size={16} />,
              onSelect: () => app.openDialog({ kind: 'join-code' }),
            },
            {
              label: 'Browse public rooms',
              icon: <Compass size={16} />,
              onSelect: () => app.openDialog({ kind: 'browse' }),
            },
          ]}
        />
      </header>
      <button
        type="button"
        className="jump-to"
        onClick={() => app.openDialog({ kind: 'switcher' })}
      >
        <Search size={16} aria-hidden="true" />
        <span>Jump to…</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div className="sidebar-rooms">
        <RoomSection title="Rooms" rooms={places} activeRoomId={activeRoomId} />
        {directs.length === 0 ? null : (
          <RoomSection title="Direct messages" rooms={directs} activeRoomId={activeRoomId} />
        )}
        {roomsKnown ? (
          <button
            type="button"
            className="room-item room-item-more"
            onClick={() => app.openDialog({ kind: 'browse' })}
          >
            <Compass size={18} className="room-icon" aria-hidden="true" />
            <span className="room-item-name">Browse public rooms</span>
          </button>
        ) : (
          <RoomsSkeleton />
        )}
      </div>
      {me === undefined ? null : (
        <button
          type="button"
          className="sidebar-me"
          onClick={() => app.openDialog({ kind: 'profile' })}
        >
          <Avatar id={me.id} name={me.name} size={32} />
          <span className="sidebar-me-text">
            <strong>
              <bdi>{me.name}</bdi>
            </strong>
            <small>{me.guest ? 'Guest · create an account' : `@${me.username}`}</small>
          </span>
        </button>
      )}
    </nav>
  );
}

function RoomSection(props: {
  readonly title: string;
  readonly rooms: readonly RoomView[];
  readonly activeRoomId: string | undefined;
}) {
  return (
    <section aria-label={props.title}>
      <h2 className="sidebar-section">{props.title}</h2>
      <ul>
        {props.rooms.map((room) => (
          <li key={room.id}>
            <RoomItem room={room} active={room.id === props.activeRoomId} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RoomsSkeleton() {
  return (
    <div className="stack-tight" role="status" aria-label="Loading rooms">
      <span className="skeleton skeleton-line" />
      <span className="skeleton skeleton-line" />
      <span className="skeleton skeleton-line" />
    </div>
  );
}
