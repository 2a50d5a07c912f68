import { Compass, KeyRound, Plus } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp, useAppState } from '../../store/app-store.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { RoomIcon } from './room-item.tsx';
import { rankRooms } from './rank-rooms.ts';

type Target = {
  readonly key: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly run: () => void;
};

/** Ctrl+K: a few letters and Enter lead to any room. */
export function SwitcherDialog() {
  const app = useApp();
  const [, go] = useLocation();
  const rooms = useAppState((state) => state.rooms);
  const [query, setQuery] = useState('');
  const [index, setIndex] = useState(0);
  const listId = useId();
  const targets: readonly Target[] = [
    ...rankRooms(rooms, query).map((room) => ({
      key: room.id,
      label: room.name,
      icon: <RoomIcon room={room} />,
      run: () => go(`/r/${room.id}`),
    })),
    {
      key: 'create',
      label: 'Create a room',
      icon: <Plus size={18} />,
      run: () => app.openDialog({ kind: 'create-room' }),
    },
    {
      key: 'join',
      label: 'Join with a code',
      icon: <KeyRound size={18} />,
      run: () => app.openDialog({ kind: 'join-code' }),
    },
    {
      key: 'browse',
      label: 'Browse public rooms',
      icon: <Compass size={18} />,
      run: () => app.openDialog({ kind: 'browse' }),
    },
  ];
  const active = Math.min(index, targets.length - 1);
  const choose = (target: Target | undefined): void => {
    app.closeDialog();
    target?.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setIndex((active + step + targets.length) % targets.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(targets[active]);
    }
  };
  return (
    <Dialog title="Jump to a room" hideTitle onClose={app.closeDialog}>
      <input
        className="switcher-input"
        data-autofocus
        role="combobox"
        aria-label="Jump to a room"
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={`${listId}-${active}`}
        autoComplete="off"
        placeholder="Where to?"
        value={query}
        onInput={(event) => {
          setQuery(event.currentTarget.value);
          setIndex(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul className="switcher-list" id={listId} role="listbox" aria-label="Rooms and actions">
        {targets.map((target, position) => (
          // oxlint-disable-next-line jsx-a11y/click-events-have-key-events -- the keys are those of the input above
          <li
            key={target.key}
            id={`${listId}-${position}`}
            role="option"
            aria-selected={position === active}
            className="switcher-option"
            onMouseMove={() => setIndex(position)}
            onClick={() => choose(target)}
          >
            {target.icon}
            <bdi>{target.label}</bdi>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
