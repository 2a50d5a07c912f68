import type {
  Entry,
  Lagging,
  Opened,
  Position,
  Resync,
  RoomClosedReason,
  RoomCursor,
} from '@chat/protocol';
import { toWireSeq } from '@chat/protocol';
import { createView } from '../observable.ts';
import { clientMessageIdOf } from './fold-entry.ts';
import { METHODS } from './methods.ts';
import type { StoredSend } from './outbox-storage.ts';
import { createReadMarker } from './read-marker.ts';
import type { RoomContext } from './room-context.ts';
import { createRoomEphemera, type RoomEphemera } from './room-ephemera.ts';
import { createRoomFeed } from './room-feed.ts';
import { type AppendResult, createRoomLog } from './room-log.ts';
import { createRoomSends } from './room-sends.ts';
import type { NewMessage, Timeline, TimelineSnapshot } from './timeline-api.ts';

/** Several changed polls are read together after this wait. */
const REREAD_DELAY_MS = 250;

/** One room, as the client keeps it: log, outbox, and who is there. */
export interface Room {
  readonly timeline: Timeline;
  readonly ephemera: RoomEphemera;
  readonly lastSeq: number;
  /** Where to subscribe; undefined when it must not be done now. */
  cursor(): RoomCursor | undefined;
  onAsked(): void;
  onOpened(opened: Opened): void;
  onEntries(entries: readonly Entry[]): void;
  onLagging(lagging: Lagging): void;
  onResync(resync: Resync): void;
  /** The caller is (again) a member. A log that stands nowhere begins at the head. */
  onAdded(head: Position | undefined): void;
  onClosed(reason: RoomClosedReason): void;
  /** The stream is open. */
  onLive(): void;
  onDown(): void;
  restore(stored: StoredSend): void;
  /** Messages of others behind a place, and how many of them mention the caller; undefined when not all are held. */
  countUnread(
    readSeq: number,
  ): { readonly messages: number; readonly mentions: number } | undefined;
  stop(): void;
}

/** What a room asks of its client. */
export interface RoomHandlers {
  /** Send Subscribe for this room, if the stream is open. */
  readonly subscribe: (roomId: string) => void;
  /** The caller read up to here (not yet told). */
  readonly onMarked: (roomId: string, readSeq: number) => void;
  /** The server says what is left unread. */
  readonly onUnread: (roomId: string, readSeq: number, messages: number, mentions: number) => void;
}

/** Makes a room. */
export function createRoom(context: RoomContext, roomId: string, handlers: RoomHandlers): Room {
  const myUserId = () => context.me()?.userId ?? '';
  const log = createRoomLog(myUserId);
  const rereads = new Set<number>();
  let closedReason: RoomClosedReason | undefined;
  let openedPage = false;
  let opening: Promise<void> | undefined;
  let placedWaiters: (() => void)[] = [];

  const changed = (): void => {
    if (log.placed && placedWaiters.length > 0) for (const wake of placedWaiters.splice(0)) wake();
    snapshots.invalidate();
  };

  const feed = createRoomFeed(context, roomId, log, {
    subscribe: () => handlers.subscribe(roomId),
    onAppended: (result) => onAppended(result),
    onPage(entries) {
      openedPage = true;
      for (const entry of entries) settleEcho(entry);
      sends.onLogAt(log.lastSeq);
    },
    onChange: () => changed(),
  });
  const sends = createRoomSends(
    context,
    roomId,
    () => log.lastSeq,
    () => changed(),
  );
  const ephemera = createRoomEphemera(context, roomId, () => changed());
  const marker = createReadMarker(context, roomId, (...unread) =>
    handlers.onUnread(roomId, ...unread),
  );

  const onAppended = ({ added, changed: messages, taken, incomplete }: AppendResult): void => {
    for (const entry of taken) settleEcho(entry);
    sends.onLogAt(log.lastSeq);
    for (const item of added) {
      if (item.kind === 'message') ephemera.onMessageOf(item.senderId);
    }
    for (const seq of incomplete) rereadLater(seq);
    context.onRows(roomId, added);
    changed();
    for (const item of added) {
      if (item.kind === 'message') context.emit({ type: 'message', roomId, item });
      else context.emit({ type: 'notice', roomId, item });
    }
    for (const item of messages) context.emit({ type: 'messageChanged', roomId, item });
  };

  const settleEcho = (entry: Entry): void => {
    const clientMessageId = clientMessageIdOf(entry);
    // Another user may have chosen the same id.
    if (clientMessageId === undefined || entry.actorId !== myUserId()) return;
    sends.onEcho(clientMessageId, Number(entry.seq));
  };

  const rereadLater = (seq: number): void => {
    if (rereads.size === 0) context.clock.after(REREAD_DELAY_MS, () => void rereadAll());
    rereads.add(seq);
  };

  const rereadAll = async (): Promise<void> => {
    const seqs = [...rereads];
    rereads.clear();
    for (const seq of seqs) {
      try {
        const { entry } = await context.ask(METHODS.getMessage, { roomId, seq: toWireSeq(seq) });
        const item = entry === undefined ? undefined : log.replace(entry);
        if (item === undefined) continue;
        changed();
        context.emit({ type: 'messageChanged', roomId, item });
      } catch {
        // The counts stay as they are until the next vote or page.
      }
    }
  };

  const open = async (): Promise<void> => {
    if (!log.placed) await new Promise<void>((resolve) => placedWaiters.push(resolve));
    if (!openedPage && feed.hasOlder) await feed.loadOlder();
    openedPage = true;
    changed();
  };

  const snapshot = (): TimelineSnapshot => ({
    roomId,
    items: [...log.rows, ...sends.items],
    firstSeq: log.firstSeq,
    lastSeq: log.lastSeq,
    hasOlder: feed.hasOlder,
    loadingOlder: feed.loadingOlder,
    state: toState(),
    closedReason,
    typing: ephemera.typing,
    presences: ephemera.presences,
    onlineCount: ephemera.onlineCount,
    readCursors: ephemera.readCursors,
  });

  const toState = (): TimelineSnapshot['state'] => {
    if (closedReason !== undefined) return 'closed';
    if (!openedPage) return opening === undefined ? 'new' : 'loading';
    return feed.state === 'open' && log.lastSeq >= feed.headSeq ? 'live' : 'catchingUp';
  };

  const snapshots = createView<TimelineSnapshot>(snapshot);

  const timeline: Timeline = {
    roomId,
    getSnapshot: snapshots.getSnapshot,
    subscribe: snapshots.subscribe,
    open() {
      opening ??= open().finally(() => {
        opening = undefined;
      });
      return opening;
    },
    loadOlder: () => feed.loadOlder(),
    send(message) {
      const sending = sends.send(
        typeof message === 'string' ? ({ text: message } satisfies NewMessage) : message,
      );
      ephemera.onSent();
      return sending;
    },
    retry: (clientMessageId) => sends.retry(clientMessageId),
    discard: (clientMessageId) => sends.discard(clientMessageId),
    async edit(seq, text) {
      await context.ask(METHODS.editMessage, { roomId, seq: toWireSeq(seq), text });
    },
    async delete(seq, reason = '') {
      await context.ask(METHODS.deleteMessage, { roomId, seq: toWireSeq(seq), reason });
    },
    async react(seq, emoji, present) {
      await context.ask(METHODS.setReaction, { roomId, seq: toWireSeq(seq), emoji, present });
    },
    async pin(seq, pinned) {
      await context.ask(METHODS.setPin, { roomId, seq: toWireSeq(seq), pinned });
    },
    async vote(seq, options) {
      await context.ask(METHODS.votePoll, { roomId, seq: toWireSeq(seq), options: [...options] });
    },
    setTyping: (typing) => ephemera.setTyping(typing),
    markRead(seq) {
      marker.mark(seq);
      handlers.onMarked(roomId, seq);
    },
  };

  return {
    timeline,
    ephemera,
    get lastSeq() {
      return log.lastSeq;
    },
    cursor: () => (closedReason === undefined ? feed.cursor() : undefined),
    onAsked: () => feed.onAsked(),
    onOpened(opened) {
      feed.onOpened(opened);
      ephemera.onOpened(opened);
    },
    onEntries: (entries) => feed.onEntries(entries),
    onLagging: (lagging) => feed.onLagging(lagging),
    onResync(resync) {
      context.emit({ type: 'resync', roomId, reason: resync.reason });
      feed.onResync(resync);
    },
    onAdded(head) {
      if (closedReason !== undefined) {
        closedReason = undefined;
        openedPage = false;
        // What was held may end before things that happened while the caller was away.
        feed.reset();
      }
      if (log.placed || head === undefined || head.epoch === '') return;
      log.place(head.epoch, Number(head.seq));
      changed();
    },
    onClosed(reason) {
      closedReason = reason;
      ephemera.clear();
      feed.onDown();
    },
    onLive() {
      sends.pump();
      marker.flush();
    },
    onDown() {
      ephemera.clear();
      feed.onDown();
    },
    restore: (stored) => sends.restore(stored),
    countUnread(readSeq) {
      if (!log.placed || readSeq + 1 < log.firstSeq) return undefined;
      let messages = 0;
      let mentions = 0;
      for (let index = log.rows.length - 1; index >= 0; index -= 1) {
        const row = log.rows[index];
        if (row === undefined || row.seq <= readSeq) break;
        if (row.kind !== 'message' || row.own || row.deleted) continue;
        messages += 1;
        if (row.mentionsMe) mentions += 1;
      }
      return { messages, mentions };
    },
    stop() {
      feed.stop();
      sends.stop();
      marker.stop();
      ephemera.clear();
    },
  };
}
