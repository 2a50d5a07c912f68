import { ChevronLeft, Ellipsis, LogOut, Settings, UserPlus, Users } from 'lucide-react';
import { useLocation } from 'wouter';
import { useApp, useAppState } from '../../store/app-store.ts';
import type { RoomView } from '../../store/model.ts';
import { IconButton } from '../../ui/button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { RoomIcon } from '../rooms/room-item.tsx';

/** Name and topic of the room, who is in it, and what can be done with it. */
export function ConversationHeader({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const [, go] = useLocation();
  const peopleOpen = useAppState((state) => state.peopleOpen);
  const shareable = room.code !== '';
  const items: readonly MenuItem[] = [
    ...(shareable
      ? [
          {
            label: 'Invite people',
            icon: <UserPlus size={16} />,
            onSelect: () => app.openDialog({ kind: 'share', roomId: room.id }),
          },
        ]
      : []),
    ...(room.role === 'owner' && room.kind !== 'direct'
      ? [
          {
            label: 'Room settings',
            icon: <Settings size={16} />,
            onSelect: () => app.openDialog({ kind: 'room-settings', roomId: room.id }),
          },
        ]
      : []),
    {
      label: 'Leave room',
      icon: <LogOut size={16} />,
      tone: 'danger',
      onSelect: () => app.openDialog({ kind: 'leave-room', roomId: room.id }),
    },
  ];
  return (
    <header className="conversation-head">
      <span className="phone-only">
        <IconButton label="All rooms" onClick={() => go('/r/list')}>
          <ChevronLeft size={22} />
        </IconButton>
      </span>
      <RoomIcon room={room} />
      <div className="conversation-title">
        <h1>
          <bdi>{room.name}</bdi>
        </h1>
        {room.topic === '' ? null : (
          <p title={room.topic}>
            <bdi>{room.topic}</bdi>
          </p>
        )}
      </div>
      {shareable ? (
        <IconButton
          label="Invite people"
          onClick={() => app.openDialog({ kind: 'share', roomId: room.id })}
        >
          <UserPlus size={20} />
        </IconButton>
      ) : null}
      <button
        type="button"
        className="people-button"
        aria-expanded={peopleOpen}
        aria-label={`People: ${room.memberCount}`}
        title="People"
        onClick={() => app.setPeopleOpen(!peopleOpen)}
      >
        <Users size={18} aria-hidden="true" />
        <span>{room.memberCount}</span>
      </button>
      <Menu
        trigger={
          <IconButton label="More">
            <Ellipsis size={20} />
          </IconButton>
        }
        items={items}
      />
    </header>
  );
}
