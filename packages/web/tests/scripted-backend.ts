import { BackendError, type BackendEvent, type ChatBackend } from '../src/store/backend.ts';
import {
  EMPTY_TIMELINE,
  type Me,
  type MemberView,
  type PreviewView,
  type RoomView,
  type TimelineView,
} from '../src/store/model.ts';

/** What a test lays down before the page looks. */
export type Script = {
  readonly me: Me | undefined;
  readonly rooms: readonly RoomView[];
  readonly timelines: Readonly<Record<string, TimelineView>>;
  readonly members: readonly MemberView[];
  readonly previews: Readonly<Record<string, PreviewView>>;
};

export const EMPTY_SCRIPT: Script = {
  me: undefined,
  rooms: [],
  timelines: {},
  members: [],
  previews: {},
};

/** A backend in memory: says what the script says, records what the page asks, and lets the test speak as the server. */
export function createScriptedBackend(script: Script) {
  const listeners = new Set<(event: BackendEvent) => void>();
  const calls: string[] = [];
  const timelines = new Map(Object.entries(script.timelines));
  const tell = (event: BackendEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const signIn = (me: Me): void => {
    tell({ kind: 'signed-in', me });
    tell({ kind: 'connection', connection: { kind: 'online' } });
    tell({ kind: 'rooms', rooms: script.rooms });
  };
  const done = (call: string): Promise<void> => {
    calls.push(call);
    return Promise.resolve();
  };
  const backend: ChatBackend = {
    session: {
      resume: () => {
        if (script.me === undefined) {
          tell({ kind: 'signed-out', code: '' });
          return Promise.resolve(false);
        }
        signIn(script.me);
        return Promise.resolve(true);
      },
      createGuest: (name) => {
        calls.push(`createGuest ${name}`);
        if (name === 'taken') return Promise.reject(new BackendError('NAME_TAKEN', 'taken'));
        signIn({ id: 'me', name, username: '', guest: true });
        return Promise.resolve();
      },
      login: (username) => done(`login ${username}`),
      register: (username) => done(`register ${username}`),
      rename: (name) => done(`rename ${name}`),
      signOut: () => {
        tell({ kind: 'signed-out', code: '' });
        return done('signOut');
      },
    },
    rooms: {
      preview: (code) => {
        const preview = script.previews[code];
        return preview === undefined
          ? Promise.reject(new BackendError('NOT_FOUND', 'no such code'))
          : Promise.resolve(preview);
      },
      join: (target) =>
        done(`join ${'code' in target ? target.code : target.roomId}`).then(
          () => script.rooms[0]?.id ?? '',
        ),
      browse: () => Promise.resolve(script.rooms),
      create: ({ name }) => done(`create ${name}`).then(() => script.rooms[0]?.id ?? ''),
      update: (roomId) => done(`update ${roomId}`),
      rotateCode: (roomId) => done(`rotate ${roomId}`).then(() => 'NEWCOD'),
      leave: (roomId) => done(`leave ${roomId}`),
      remove: (roomId) => done(`remove ${roomId}`),
      openDirect: (userId) => done(`direct ${userId}`).then(() => userId),
      members: () => Promise.resolve(script.members),
      kick: (roomId, userId) => done(`kick ${roomId} ${userId}`),
    },
    messages: {
      open: (roomId) =>
        tell({
          kind: 'timeline',
          roomId,
          timeline: timelines.get(roomId) ?? { ...EMPTY_TIMELINE, phase: 'ready' },
        }),
      loadOlder: (roomId) => void calls.push(`older ${roomId}`),
      send: (roomId, text) => {
        calls.push(`send ${text}`);
        const timeline = timelines.get(roomId) ?? { ...EMPTY_TIMELINE, phase: 'ready' };
        const pending = {
          clientMessageId: `c-${timeline.pending.length}-${text}`,
          text,
          createdMs: Date.now(),
          state: { kind: 'sending' },
        } as const;
        timelines.set(roomId, { ...timeline, pending: [...timeline.pending, pending] });
        tell({ kind: 'timeline', roomId, timeline: timelines.get(roomId) ?? timeline });
      },
      retry: (_roomId, id) => void calls.push(`retry ${id}`),
      discard: (_roomId, id) => void calls.push(`discard ${id}`),
      setTyping: (_roomId, typing) => void calls.push(`typing ${typing}`),
      markRead: (_roomId, seq) => void calls.push(`read ${seq}`),
      edit: (_roomId, seq, text) => done(`edit ${seq} ${text}`),
      delete: (_roomId, seq) => done(`delete ${seq}`),
      react: (_roomId, seq, emoji) => done(`react ${seq} ${emoji}`),
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    reconnectNow: () => void calls.push('reconnectNow'),
    close: () => listeners.clear(),
  };
  return { backend, tell, calls };
}
