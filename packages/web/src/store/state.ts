import type { BackendEvent } from './backend.ts';
import { assertNever } from './assert-never.ts';
import type {
  ConnectionView,
  Me,
  PresenceName,
  RoomView,
  TimelineView,
  TypistView,
} from './model.ts';

/** Which dialog lies over the page; at most one. */
export type DialogView =
  | { readonly kind: 'create-room' }
  | { readonly kind: 'join-code' }
  | { readonly kind: 'browse' }
  | { readonly kind: 'switcher' }
  | { readonly kind: 'shortcuts' }
  | { readonly kind: 'profile' }
  | { readonly kind: 'share'; readonly roomId: string }
  | { readonly kind: 'room-settings'; readonly roomId: string }
  | { readonly kind: 'leave-room'; readonly roomId: string }
  | {
      readonly kind: 'kick';
      readonly roomId: string;
      readonly userId: string;
      readonly name: string;
    };

/** A short message over the page. */
export type ToastView = {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'good' | 'bad';
  readonly action: { readonly label: string; readonly run: () => void } | undefined;
};

/** Everything the screen is drawn from. */
export type AppState = {
  readonly session:
    | { readonly kind: 'unknown' }
    | { readonly kind: 'signed-out'; readonly code: string }
    | { readonly kind: 'signed-in'; readonly me: Me };
  readonly connection: ConnectionView;
  /** False until the first list of rooms came. */
  readonly roomsKnown: boolean;
  readonly rooms: readonly RoomView[];
  readonly timelines: Readonly<Record<string, TimelineView>>;
  readonly typing: Readonly<Record<string, readonly TypistView[]>>;
  readonly presence: ReadonlyMap<string, PresenceName>;
  readonly dialog: DialogView | undefined;
  readonly toasts: readonly ToastView[];
  readonly peopleOpen: boolean;
  /** The own message whose text is being changed. */
  readonly editing: { readonly roomId: string; readonly seq: number } | undefined;
};

export const INITIAL_STATE: AppState = {
  session: { kind: 'unknown' },
  connection: { kind: 'connecting' },
  roomsKnown: false,
  rooms: [],
  timelines: {},
  typing: {},
  presence: new Map(),
  dialog: undefined,
  toasts: [],
  peopleOpen: false,
  editing: undefined,
};

/** The next state after an event of the backend. */
export function reduce(state: AppState, event: BackendEvent): AppState {
  switch (event.kind) {
    case 'signed-in':
      return { ...state, session: { kind: 'signed-in', me: event.me } };
    case 'signed-out':
      // Nothing of one person may stay on the screen of the next.
      return {
        ...INITIAL_STATE,
        toasts: state.toasts,
        peopleOpen: state.peopleOpen,
        session: { kind: 'signed-out', code: event.code },
      };
    case 'connection':
      return { ...state, connection: event.connection };
    case 'rooms':
      return { ...state, roomsKnown: true, rooms: event.rooms };
    case 'room-closed':
      return closeRoom(state, event.roomId);
    case 'timeline':
      return { ...state, timelines: { ...state.timelines, [event.roomId]: event.timeline } };
    case 'typing':
      return { ...state, typing: { ...state.typing, [event.roomId]: event.typists } };
    case 'presence':
      return { ...state, presence: event.statuses };
    default:
      return assertNever(event);
  }
}

function closeRoom(state: AppState, roomId: string): AppState {
  const { [roomId]: _timeline, ...timelines } = state.timelines;
  const { [roomId]: _typing, ...typing } = state.typing;
  return { ...state, rooms: state.rooms.filter((room) => room.id !== roomId), timelines, typing };
}

/** Messages nobody at this screen has read, for the title and the favicon. */
export function unreadTotal(rooms: readonly RoomView[]): number {
  return rooms.reduce((sum, room) => sum + room.unread, 0);
}
