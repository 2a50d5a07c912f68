import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ChatBackend } from './backend.ts';
import { type AppState, type DialogView, INITIAL_STATE, reduce, type ToastView } from './state.ts';

/** The store, the backend that feeds it, and what the screen itself changes. */
export type App = {
  readonly backend: ChatBackend;
  readonly store: StoreApi<AppState>;
  readonly openDialog: (dialog: DialogView) => void;
  readonly closeDialog: () => void;
  readonly setPeopleOpen: (open: boolean) => void;
  readonly setEditing: (editing: AppState['editing']) => void;
  readonly toast: (
    text: string,
    options?: { readonly tone?: ToastView['tone']; readonly action?: ToastView['action'] },
  ) => void;
  readonly dismissToast: (id: number) => void;
  readonly close: () => void;
};

const MAX_TOASTS = 3;

/** Connects a backend with a fresh store; the caller closes it. */
export function createApp(backend: ChatBackend): App {
  const store = createStore<AppState>(() => INITIAL_STATE);
  let toastId = 0;
  // A room may be gone from the list when its end is told.
  const names = new Map<string, string>();
  const stop = backend.subscribe((event) => {
    if (event.kind === 'rooms') for (const room of event.rooms) names.set(room.id, room.name);
    if (event.kind === 'signed-out') names.clear();
    store.setState((state) => reduce(state, event), true);
    if (event.kind !== 'room-closed') return;
    const words = closedWords(event.reason, names.get(event.roomId) ?? 'a room');
    if (words !== undefined) app.toast(words);
  });
  const app: App = {
    backend,
    store,
    openDialog: (dialog) => store.setState({ dialog }),
    closeDialog: () => store.setState({ dialog: undefined }),
    setPeopleOpen: (peopleOpen) => store.setState({ peopleOpen }),
    setEditing: (editing) => store.setState({ editing }),
    toast: (text, options) => {
      toastId += 1;
      const toast: ToastView = {
        id: toastId,
        text,
        tone: options?.tone ?? 'info',
        action: options?.action,
      };
      store.setState((state) => ({ toasts: [...state.toasts, toast].slice(-MAX_TOASTS) }));
    },
    dismissToast: (id) =>
      store.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) })),
    close: () => {
      stop();
      backend.close();
    },
  };
  return app;
}

// Who left by their own will knows it.
function closedWords(
  reason: 'left' | 'kicked' | 'banned' | 'deleted',
  room: string,
): string | undefined {
  switch (reason) {
    case 'kicked':
      return `You were removed from ${room}.`;
    case 'banned':
      return `You were banned from ${room}.`;
    case 'deleted':
      return `${room} was deleted.`;
    case 'left':
      return undefined;
  }
}

/** Hands the app to every component below. */
export const AppContext = createContext<App | undefined>(undefined);

/** The app of this page. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('AppContext is missing');
  return app;
}

/** A part of the state; the component draws again only when that part changes. */
export function useAppState<T>(select: (state: AppState) => T): T {
  return useStore(useApp().store, select);
}

/** The person at this screen; undefined while signed out. */
export function useMe() {
  return useAppState((state) =>
    state.session.kind === 'signed-in' ? state.session.me : undefined,
  );
}
