import { Hash, Lock, Users } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp, useAppState } from '../../store/app-store.ts';
import { errorWords, joinErrorWords } from '../../store/error-words.ts';
import type { RoomView } from '../../store/model.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useTask } from '../../ui/use-task.ts';

const SEARCH_DELAY_MS = 200;

/** Public rooms, most members first. */
export function BrowseDialog() {
  const app = useApp();
  const [query, setQuery] = useState('');
  const [rooms, setRooms] = useState<readonly RoomView[] | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(
      () => {
        app.backend.rooms.browse(query.trim()).then(
          (found) => {
            if (!wanted) return;
            setError('');
            setRooms(found);
          },
          (caught: unknown) => {
            if (wanted) setError(errorWords(caught));
          },
        );
      },
      query === '' ? 0 : SEARCH_DELAY_MS,
    );
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [app, query]);
  return (
    <Dialog title="Browse public rooms" wide onClose={app.closeDialog}>
      <Field
        label="Find a room"
        value={query}
        data-autofocus
        placeholder="Name of a room"
        error={error}
        onInput={(event) => setQuery(event.currentTarget.value)}
      />
      {rooms === undefined ? (
        <div className="skeleton skeleton-card" role="status" aria-label="Loading" />
      ) : rooms.length === 0 ? (
        <div className="empty">
          <p>No public room begins with these letters.</p>
          <Button look="primary" onClick={() => app.openDialog({ kind: 'create-room' })}>
            Create it
          </Button>
        </div>
      ) : (
        <ul className="browse-list">
          {rooms.map((room) => (
            <BrowseItem key={room.id} room={room} />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function BrowseItem({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const [, go] = useLocation();
  const joined = useAppState((state) => state.rooms.some((mine) => mine.id === room.id));
  const [asking, setAsking] = useState(false);
  const [password, setPassword] = useState('');
  const { busy, error, run } = useTask(joinErrorWords);
  const enter = (): void => {
    if (!joined && room.hasPassword && !asking) return setAsking(true);
    void run(async () => {
      if (!joined) await app.backend.rooms.join({ roomId: room.id }, password);
      app.closeDialog();
      go(`/r/${room.id}`);
    });
  };
  const Icon = room.hasPassword ? Lock : Hash;
  return (
    <li>
      <form
        className="browse-item"
        onSubmit={(event) => {
          event.preventDefault();
          enter();
        }}
      >
        <Icon size={18} className="room-icon" aria-hidden="true" />
        <div className="browse-text">
          <strong>
            <bdi>{room.name}</bdi>
          </strong>
          <small>
            <Users size={12} aria-hidden="true" /> {room.memberCount}
            {room.topic === '' ? '' : ` · ${room.topic}`}
          </small>
        </div>
        <Button type="submit" look={joined ? 'plain' : 'primary'} busy={busy}>
          {joined ? 'Open' : 'Join'}
        </Button>
        {asking ? (
          <div className="browse-password">
            <Field
              label={`Password of ${room.name}`}
              type="password"
              value={password}
              autoFocus
              error={error}
              onInput={(event) => setPassword(event.currentTarget.value)}
            />
          </div>
        ) : error === undefined ? null : (
          <p className="field-note is-error browse-password" role="alert">
            {error}
          </p>
        )}
      </form>
    </li>
  );
}
