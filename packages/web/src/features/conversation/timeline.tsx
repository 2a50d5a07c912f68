import { defaultRangeExtractor, type Range, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import {
  type KeyboardEvent,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { dayKey } from '../../browser/times.ts';
import { usePageActive } from '../../browser/use-page-active.ts';
import { useApp } from '../../store/app-store.ts';
import type { RoomView, TimelineView } from '../../store/model.ts';
import { lastSeq, newerOthers, type Row, toRows } from '../../store/rows.ts';
import { Announcer } from './announcer.tsx';
import { keepsPlace } from './keep-place.ts';
import { RowView } from './row-view.tsx';
import { recallScroll, rememberScroll } from './scroll-memory.ts';
import { useNewDivider } from './use-new-divider.ts';

const END_THRESHOLD_PX = 48;
const LOAD_OLDER_WITHIN_ROWS = 15;
const MARK_READ_DELAY_MS = 150;

type TimelineProps = {
  readonly room: RoomView;
  readonly timeline: TimelineView;
  readonly myId: string;
};

/** The messages of a room: only the rows in sight are in the page, and nothing the reader looks at ever jumps. */
export function Timeline({ room, timeline, myId }: TimelineProps) {
  const app = useApp();
  const pageActive = usePageActive();
  const scroller = useRef<HTMLDivElement>(null);
  const [remembered] = useState(() => recallScroll(room.id));
  const [atEnd, setAtEnd] = useState(remembered === undefined);
  const [settled, setSettled] = useState(false);
  const [focusedKey, setFocusedKey] = useState<string | undefined>(undefined);
  const newestSeq = lastSeq(timeline);
  const dividerSeq = useNewDivider(room, newestSeq, pageActive);
  const rows = useMemo(
    () => toRows(timeline, { myId, dividerSeq, dayOf: dayKey }),
    [timeline, myId, dividerSeq],
  );
  const focusedIndex =
    focusedKey === undefined ? -1 : rows.findIndex((row) => row.key === focusedKey);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => estimateHeight(rows[index]),
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    rangeExtractor: useCallback(
      (range: Range) => {
        // The row with the focus stays in the page, or the keyboard would lose its place.
        const indexes = defaultRangeExtractor(range);
        return focusedIndex < 0 || indexes.includes(focusedIndex)
          ? indexes
          : [...indexes, focusedIndex].sort((a, b) => a - b);
      },
      [focusedIndex],
    ),
    anchorTo: 'end',
    followOnAppend: true,
    scrollEndThreshold: END_THRESHOLD_PX,
    overscan: 8,
    paddingStart: 12,
    paddingEnd: 8,
    ...(remembered === undefined
      ? {}
      : { initialOffset: remembered.offset, initialMeasurementsCache: [...remembered.sizes] }),
  });

  virtualizer.shouldAdjustScrollPositionOnItemSizeChange = (item, _delta, list) =>
    keepsPlace(item, list);

  useLayoutEffect(() => {
    if (remembered !== undefined) return setSettled(true);
    const newIndex = rows.findIndex((row) => row.kind === 'new');
    virtualizer.scrollToEnd();
    // What is new is read from its beginning; when all of it fits, this is the end all the same.
    if (newIndex > 0) virtualizer.scrollToIndex(newIndex - 1, { align: 'start' });
    const frame = requestAnimationFrame(() => setSettled(true));
    return () => cancelAnimationFrame(frame);
    // oxlint-disable-next-line react-hooks/exhaustive-deps -- once, when the room opens
  }, []);

  useEffect(
    () => () => {
      const end = virtualizer.isAtEnd(END_THRESHOLD_PX);
      rememberScroll(
        room.id,
        end
          ? undefined
          : { offset: virtualizer.scrollOffset ?? 0, sizes: virtualizer.takeSnapshot() },
      );
    },
    [room.id, virtualizer],
  );

  const items = virtualizer.getVirtualItems();
  const firstIndex = items[0]?.index ?? rows.length;
  const wantsOlder =
    settled && timeline.hasOlder && !timeline.loadingOlder && firstIndex <= LOAD_OLDER_WITHIN_ROWS;
  useEffect(() => {
    if (wantsOlder) app.backend.messages.loadOlder(room.id);
  }, [app, room.id, wantsOlder, timeline.entries.length]);

  // Rows are measured after they are drawn, and that too can move the end out of or into sight.
  const isAtEnd = virtualizer.isAtEnd(END_THRESHOLD_PX);
  useEffect(() => {
    if (settled) setAtEnd(isAtEnd);
  }, [settled, isAtEnd]);

  const [seenSeq, setSeenSeq] = useState(newestSeq);
  useEffect(() => {
    if (atEnd && pageActive) setSeenSeq(newestSeq);
  }, [atEnd, pageActive, newestSeq]);
  useEffect(() => {
    if (!settled || !atEnd || !pageActive || newestSeq <= room.readSeq) return undefined;
    const timer = setTimeout(
      () => app.backend.messages.markRead(room.id, newestSeq),
      MARK_READ_DELAY_MS,
    );
    return () => clearTimeout(timer);
  }, [app, room.id, room.readSeq, settled, atEnd, pageActive, newestSeq]);

  // One's own words are always in sight.
  const lastPending = timeline.pending.at(-1)?.clientMessageId;
  useEffect(() => {
    if (lastPending !== undefined) virtualizer.scrollToEnd();
  }, [virtualizer, lastPending]);

  const waiting = atEnd ? 0 : newerOthers(timeline, seenSeq, myId);
  const toEnd = (): void => virtualizer.scrollToEnd();
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'End' && !(event.target instanceof HTMLTextAreaElement)) {
      event.preventDefault();
      toEnd();
    } else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && !event.altKey) {
      const next = neighbourMessage(
        scroller.current,
        event.target,
        event.key === 'ArrowDown' ? 1 : -1,
      );
      if (next === undefined) return;
      event.preventDefault();
      next.focus();
    } else if (event.key === 'Escape') {
      document.querySelector<HTMLElement>('.composer-input')?.focus();
    }
  };
  return (
    <>
      <div
        ref={scroller}
        className="timeline"
        role="log"
        aria-live="off"
        aria-label={`Messages in ${room.name}`}
        tabIndex={0}
        onScroll={() => setAtEnd(virtualizer.isAtEnd(END_THRESHOLD_PX))}
        onKeyDown={onKeyDown}
        onFocus={(event) => setFocusedKey(rowKeyOf(event.target))}
        onBlur={() => setFocusedKey(undefined)}
      >
        <div className="timeline-inner" style={{ height: `${virtualizer.getTotalSize()}px` }}>
          {items.map((item) => {
            const row = rows[item.index];
            if (row === undefined) return null;
            return (
              <div
                key={row.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                data-row-key={row.key}
                className="timeline-row"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <RowView row={row} room={room} focused={row.key === focusedKey} />
              </div>
            );
          })}
        </div>
      </div>
      <button
        type="button"
        className={atEnd ? 'pill' : 'pill is-shown'}
        tabIndex={atEnd ? -1 : 0}
        aria-hidden={atEnd}
        onClick={toEnd}
      >
        {waiting === 0 ? 'Latest' : waiting === 1 ? '1 new message' : `${waiting} new messages`}
        <ArrowDown size={16} aria-hidden="true" />
      </button>
      <Announcer timeline={timeline} myId={myId} />
    </>
  );
}

function estimateHeight(row: Row | undefined): number {
  switch (row?.kind) {
    case 'message':
      return (row.head ? 54 : 24) + Math.floor(row.message.text.length / 90) * 22;
    case 'pending':
      return row.head ? 54 : 24;
    case 'beginning':
      return 220;
    case 'older':
      return 120;
    default:
      return 36;
  }
}

function rowKeyOf(target: EventTarget | null): string | undefined {
  return target instanceof Element
    ? target.closest<HTMLElement>('[data-row-key]')?.dataset.rowKey
    : undefined;
}

// Arrows walk the messages; from the list itself the first step goes to the newest one in sight.
function neighbourMessage(
  scroller: HTMLElement | null,
  from: EventTarget,
  step: 1 | -1,
): HTMLElement | undefined {
  const messages = [...(scroller?.querySelectorAll<HTMLElement>('.message') ?? [])].sort(
    (left, right) => left.getBoundingClientRect().top - right.getBoundingClientRect().top,
  );
  if (from === scroller) return step === -1 ? messages.at(-1) : undefined;
  const at = messages.findIndex((message) => message === from);
  return at < 0 ? undefined : messages[at + step];
}
