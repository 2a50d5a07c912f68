import {
  type Entry,
  GrpcStatus,
  type Lagging,
  type Opened,
  type Resync,
  type RoomCursor,
  toWireSeq,
} from '@chat/protocol';
import { reconnectDelayMs } from '../connection/reconnect-policy.ts';
import { ChatClientError } from '../errors.ts';
import type { RoomContext } from './room-context.ts';
import { METHODS } from './methods.ts';
import type { AppendResult, RoomLog } from './room-log.ts';

/** Entries of one history page. */
const PAGE_ENTRIES = 50;
/** Subscriptions in a row that led to nothing; then history is read anew. */
const MAX_FRUITLESS = 3;

/** How a room's log is kept whole: subscribed, continued, caught up, read anew. */
export interface RoomFeed {
  /** `open`: entries come in. */
  readonly state: 'off' | 'asked' | 'open' | 'reloading';
  /** Newest entry of the room, as far as told. */
  readonly headSeq: number;
  readonly hasOlder: boolean;
  readonly loadingOlder: boolean;
  /** Where to go on; undefined while history is being read. */
  cursor(): RoomCursor | undefined;
  /** Subscribe was sent for this room. */
  onAsked(): void;
  onDown(): void;
  onOpened(opened: Opened): void;
  onEntries(entries: readonly Entry[]): void;
  onLagging(lagging: Lagging): void;
  onResync(resync: Resync): void;
  /** The position means nothing any more: forgets the log. */
  reset(): void;
  loadOlder(): Promise<boolean>;
  stop(): void;
}

/** What the feed tells its room. */
export interface FeedHandlers {
  /** Ask the server for this room from `cursor()` on. */
  readonly subscribe: () => void;
  /** Entries that followed on the log, from the live stream. */
  readonly onAppended: (result: AppendResult) => void;
  /** Entries that came as a page. */
  readonly onPage: (entries: readonly Entry[]) => void;
  /** Anything that a snapshot shows changed. */
  readonly onChange: () => void;
}

/** Makes the feed of a room. */
export function createRoomFeed(
  context: RoomContext,
  roomId: string,
  log: RoomLog,
  handlers: FeedHandlers,
): RoomFeed {
  let state: RoomFeed['state'] = 'off';
  let headSeq = 0;
  let firstVisibleSeq = 1;
  let older: Promise<boolean> | undefined;
  let fruitless = 0;
  let reloads = 0;
  let cancelRetry: (() => void) | undefined;

  const setState = (next: RoomFeed['state']): void => {
    state = next;
    handlers.onChange();
  };

  const resubscribe = (): void => {
    fruitless += 1;
    if (fruitless > MAX_FRUITLESS) {
      reload();
      return;
    }
    setState('off');
    handlers.subscribe();
  };

  /** Reads the newest page in place of what is held, then subscribes behind it. */
  const reload = (attempt = 0): void => {
    fruitless = 0;
    reloads += 1;
    const run = reloads;
    setState('reloading');
    context.ask(METHODS.listEntries, { roomId, limit: PAGE_ENTRIES }).then(
      ({ entries, head, firstVisibleSeq: visible }) => {
        if (run !== reloads) return;
        const afterSeq =
          entries[0] === undefined ? Number(head?.seq ?? 0n) : Number(entries[0].seq) - 1;
        log.place(head?.epoch ?? '', afterSeq);
        firstVisibleSeq = Number(visible);
        headSeq = Number(head?.seq ?? 0n);
        log.append(entries);
        state = 'off';
        handlers.onPage(entries);
        handlers.onChange();
        handlers.subscribe();
      },
      (error: unknown) => {
        if (run === reloads) onReloadFailed(ChatClientError.from(error), attempt + 1);
      },
    );
  };

  const onReloadFailed = (error: ChatClientError, attempt: number): void => {
    if (error.code === GrpcStatus.NOT_FOUND || error.code === GrpcStatus.PERMISSION_DENIED) {
      setState('off');
      context.onGone(roomId);
      return;
    }
    const waitMs = reconnectDelayMs(attempt, context.random, error.retryAfterMs);
    cancelRetry = context.clock.after(waitMs, () => reload(attempt));
  };

  const readOlder = async (): Promise<boolean> => {
    const { epoch, firstSeq } = log;
    if (!log.placed || firstSeq <= firstVisibleSeq) return false;
    if (log.lastSeq - firstSeq + 1 >= context.maxEntries) return false;
    const response = await context.ask(METHODS.listEntries, {
      roomId,
      anchor: { $case: 'beforeSeq', value: toWireSeq(firstSeq) },
      limit: PAGE_ENTRIES,
    });
    // The log was replaced meanwhile: the page belongs to nothing.
    if (log.epoch !== epoch || log.firstSeq !== firstSeq) return false;
    firstVisibleSeq = Math.max(1, Number(response.firstVisibleSeq));
    if (response.entries.length === 0) {
      firstVisibleSeq = firstSeq;
      return false;
    }
    if (!log.prepend(response.entries)) return false;
    handlers.onPage(response.entries);
    return true;
  };

  return {
    get state() {
      return state;
    },
    get headSeq() {
      return Math.max(headSeq, log.lastSeq);
    },
    get hasOlder() {
      return log.placed && log.firstSeq > firstVisibleSeq;
    },
    get loadingOlder() {
      return older !== undefined;
    },
    cursor() {
      if (state === 'reloading') return undefined;
      return {
        roomId,
        after: log.placed ? { epoch: log.epoch, seq: toWireSeq(log.lastSeq) } : undefined,
        maxReplay: context.maxReplay,
      };
    },
    onAsked() {
      setState('asked');
    },
    onDown() {
      if (state !== 'reloading') setState('off');
    },
    onOpened({ after, headSeq: head }) {
      if (state === 'reloading' || after === undefined) return;
      const afterSeq = Number(after.seq);
      headSeq = Number(head);
      if (!log.placed) {
        log.place(after.epoch, afterSeq);
      } else if (after.epoch !== log.epoch) {
        reload();
        return;
      } else if (afterSeq > log.lastSeq) {
        // [G7] The stream would go on behind a gap: ask again from our own place.
        resubscribe();
        return;
      }
      setState('open');
    },
    onEntries(entries) {
      if (state === 'reloading' || !log.placed) return;
      const result = log.append(entries);
      if (result.taken.length > 0) {
        fruitless = 0;
        handlers.onAppended(result);
      }
      if (log.trim(context.maxEntries)) handlers.onChange();
      // While a Subscribe is under way its Opened will set things right.
      if (result.gap && state === 'open') resubscribe();
    },
    onLagging({ headSeq: head }) {
      headSeq = Number(head);
      if (state === 'reloading') return;
      setState('off');
      handlers.subscribe();
    },
    onResync({ head }) {
      headSeq = Number(head?.seq ?? 0n);
      if (state !== 'reloading') reload();
    },
    reset() {
      reloads += 1;
      cancelRetry?.();
      headSeq = 0;
      firstVisibleSeq = 1;
      log.forget();
      setState('off');
    },
    loadOlder() {
      if (older === undefined) {
        older = readOlder().finally(() => {
          older = undefined;
          handlers.onChange();
        });
        handlers.onChange();
      }
      return older;
    },
    stop() {
      reloads += 1;
      cancelRetry?.();
    },
  };
}
