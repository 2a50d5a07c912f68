import {
  fromTimestamp,
  LIMITS,
  type Opened,
  type Presence,
  type PresenceChanged,
  PresenceStatus,
  type ReadCursor,
  type Typing,
} from '@chat/protocol';
import type { RoomContext } from './room-context.ts';
import type { PresenceView, TypingView } from './timeline-api.ts';

/** Who is here, who types, who has read how far: told at most once, never stored. */
export interface RoomEphemera {
  readonly typing: readonly TypingView[];
  readonly presences: ReadonlyMap<string, PresenceView>;
  readonly onlineCount: number;
  readonly readCursors: ReadonlyMap<string, number>;
  onOpened(opened: Opened): void;
  onTyping(typing: Typing): void;
  onPresence(changed: PresenceChanged): void;
  onReadCursor(cursor: ReadCursor): void;
  /** A message of this user arrived: they no longer type. */
  onMessageOf(userId: string): void;
  onRenamed(userId: string, displayName: string): void;
  /** The caller types or stopped; told on at most every 3 s. */
  setTyping(typing: boolean): void;
  /** The caller's message says that they no longer type. */
  onSent(): void;
  /** Nobody is known to be here any more. */
  clear(): void;
}

/** Makes the ephemeral part of a room. `onChange` runs when something to show changed. */
export function createRoomEphemera(
  context: RoomContext,
  roomId: string,
  onChange: () => void,
): RoomEphemera {
  const expiries = new Map<string, () => void>();
  let typing: readonly TypingView[] = [];
  let presences: ReadonlyMap<string, PresenceView> = new Map();
  let onlineCount = 0;
  let readCursors: ReadonlyMap<string, number> = new Map();
  let typingToldAtMs: number | undefined;

  const stopTyping = (userId: string): void => {
    expiries.get(userId)?.();
    if (!expiries.delete(userId)) return;
    typing = typing.filter((view) => view.userId !== userId);
    onChange();
  };

  return {
    get typing() {
      return typing;
    },
    get presences() {
      return presences;
    },
    get onlineCount() {
      return onlineCount;
    },
    get readCursors() {
      return readCursors;
    },
    onOpened(opened) {
      presences = new Map(opened.presences.map((presence) => [presence.userId, toView(presence)]));
      onlineCount = opened.onlineCount;
      onChange();
    },
    onTyping({ userId, displayName, typing: typingNow }) {
      if (userId === context.me()?.userId) return;
      if (!typingNow) {
        stopTyping(userId);
        return;
      }
      expiries.get(userId)?.();
      expiries.set(
        userId,
        context.clock.after(LIMITS.typingExpiryMs, () => stopTyping(userId)),
      );
      if (typing.some((view) => view.userId === userId)) return;
      typing = [...typing, { userId, displayName }];
      onChange();
    },
    onPresence({ presence, onlineCount: count }) {
      if (presence === undefined) return;
      const next = new Map(presences);
      if (presence.status === PresenceStatus.OFFLINE) next.delete(presence.userId);
      else next.set(presence.userId, toView(presence));
      presences = next;
      onlineCount = count;
      context.emit({ type: 'presence', roomId, presence: toView(presence) });
      onChange();
    },
    onReadCursor({ userId, seq }) {
      // Only moves forward ([G22]).
      if (Number(seq) <= (readCursors.get(userId) ?? 0)) return;
      readCursors = new Map(readCursors).set(userId, Number(seq));
      onChange();
    },
    onMessageOf: stopTyping,
    onRenamed(userId, displayName) {
      const view = presences.get(userId);
      if (view === undefined || view.displayName === displayName) return;
      presences = new Map(presences).set(userId, { ...view, displayName });
      onChange();
    },
    setTyping(typingNow) {
      const nowMs = context.clock.monotonicMs();
      const told = typingToldAtMs !== undefined;
      if (typingNow && told && nowMs - (typingToldAtMs ?? 0) < LIMITS.typingIntervalMs) return;
      if (!typingNow && !told) return;
      typingToldAtMs = typingNow ? nowMs : undefined;
      context.live.tell({ $case: 'setTyping', value: { roomId, typing: typingNow } });
    },
    onSent() {
      typingToldAtMs = undefined;
    },
    clear() {
      for (const cancel of expiries.values()) cancel();
      expiries.clear();
      typing = [];
      typingToldAtMs = undefined;
      onChange();
    },
  };
}

/** A presence as applications see it. */
export function toView(presence: Presence): PresenceView {
  const { userId, displayName, status } = presence;
  return { userId, displayName, status, lastSeenMs: fromTimestamp(presence.lastSeenTime) };
}
