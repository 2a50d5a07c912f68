import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { type App, useApp } from '../store/app-store.ts';

/** The keys that work everywhere while signed in. */
export function useHotkeys(activeRoomId: string | undefined): void {
  const app = useApp();
  const [, go] = useLocation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.isComposing || event.defaultPrevented) return;
      const ctrl = (event.ctrlKey || event.metaKey) && !event.altKey;
      const state = app.store.getState();
      if (ctrl && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        if (state.dialog?.kind === 'switcher') app.closeDialog();
        else app.openDialog({ kind: 'switcher' });
        return;
      }
      if (state.dialog !== undefined) return;
      if ((ctrl && event.key === '/') || (event.key === '?' && !isTyping(event.target))) {
        event.preventDefault();
        app.openDialog({ kind: 'shortcuts' });
      } else if (event.altKey && !ctrl && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
        const next = neighbourRoom(
          app,
          activeRoomId,
          event.key === 'ArrowDown' ? 1 : -1,
          event.shiftKey,
        );
        if (next === undefined) return;
        event.preventDefault();
        go(`/r/${next}`);
      } else if (event.key === 'Escape' && state.peopleOpen) {
        app.setPeopleOpen(false);
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [app, go, activeRoomId]);
}

/** The room before or after another in the list; with `unreadOnly` the next one that has something unread. */
export function neighbourRoom(
  app: App,
  from: string | undefined,
  step: 1 | -1,
  unreadOnly: boolean,
): string | undefined {
  const { rooms } = app.store.getState();
  const start = rooms.findIndex((room) => room.id === from);
  for (let distance = 1; distance <= rooms.length; distance += 1) {
    const room = rooms[(start + step * distance + rooms.length * 2) % rooms.length];
    if (room !== undefined && room.id !== from && (!unreadOnly || room.unread > 0)) return room.id;
  }
  return undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(?:input|textarea|select)$/iu.test(target.tagName))
  );
}
