import { UserPlus } from 'lucide-react';
import { useApp } from '../../store/app-store.ts';
import type { RoomView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';

/** Stands above the first message and says what to do in an empty room. */
export function Beginning({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const direct = room.kind === 'direct' || room.kind === 'group';
  return (
    <section className="beginning" aria-label="Beginning of the conversation">
      <Avatar id={direct ? room.directUserId : room.id} name={room.name} size={64} />
      <h2>
        <bdi>{room.name}</bdi>
      </h2>
      <p>
        {direct
          ? `This is the beginning of your talk with ${room.name}. Nobody else can read it.`
          : room.kind === 'private'
            ? 'This is where the room begins for you. Only people with its code come in, and each sees what is said from then on.'
            : 'This is the beginning of this room. Everyone on this server can find it.'}
      </p>
      {room.topic === '' ? null : (
        <p className="beginning-topic">
          <bdi>{room.topic}</bdi>
        </p>
      )}
      {room.code === '' ? null : (
        <Button onClick={() => app.openDialog({ kind: 'share', roomId: room.id })}>
          <UserPlus size={16} aria-hidden="true" /> Invite people
        </Button>
      )}
    </section>
  );
}
