import { Hash, Lock, Users } from 'lucide-react';
import { memo } from 'react';
import { Link } from 'wouter';
import { useAppState } from '../../store/app-store.ts';
import type { RoomView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { PresenceDot } from '../../ui/presence-dot.tsx';

/** One room in the list: bold and dotted when something is unread, a number when it is for you. */
export const RoomItem = memo(function RoomItem({
  room,
  active,
}: {
  readonly room: RoomView;
  readonly active: boolean;
}) {
  const personal = room.kind === 'direct' || room.kind === 'group' ? room.unread : room.mentions;
  const unread = room.unread > 0 && !active;
  return (
    <Link
      href={`/r/${room.id}`}
      className={unread ? 'room-item is-unread' : 'room-item'}
      aria-current={active ? 'page' : undefined}
    >
      <RoomIcon room={room} />
      <span className="room-item-name">
        <bdi>{room.name}</bdi>
      </span>
      {unread ? (
        personal > 0 ? (
          <span className="badge" role="img" aria-label={`${personal} unread for you`}>
            {personal > 99 ? '99+' : personal}
          </span>
        ) : (
          <span className="unread-count" role="img" aria-label={`${room.unread} unread`}>
            {room.unread > 99 ? '99+' : room.unread}
          </span>
        )
      ) : null}
    </Link>
  );
});

/** What kind of room it is; for a person, their picture and whether they are there. */
export function RoomIcon({ room }: { readonly room: RoomView }) {
  const presence = useAppState((state) => state.presence.get(room.directUserId));
  if (room.kind === 'direct') {
    return (
      <span className="with-presence">
        <Avatar id={room.directUserId} name={room.name} size={24} />
        <PresenceDot presence={presence ?? 'offline'} />
      </span>
    );
  }
  const Icon =
    room.kind === 'group' ? Users : room.kind === 'private' || room.hasPassword ? Lock : Hash;
  return <Icon size={18} className="room-icon" aria-hidden="true" />;
}
