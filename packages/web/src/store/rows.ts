import type { EntryView, MessageView, NoticeView, PendingView, TimelineView } from './model.ts';

/** One line of the conversation. Keys are stable from the echo of a message to its confirmation. */
export type Row =
  | { readonly kind: 'beginning'; readonly key: string }
  | { readonly kind: 'older'; readonly key: string }
  | { readonly kind: 'day'; readonly key: string; readonly timeMs: number }
  | { readonly kind: 'new'; readonly key: string }
  | {
      readonly kind: 'notice';
      readonly key: string;
      readonly text: string;
      readonly timeMs: number;
    }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: MessageView;
      readonly head: boolean;
      readonly own: boolean;
    }
  | {
      readonly kind: 'pending';
      readonly key: string;
      readonly pending: PendingView;
      readonly head: boolean;
    };

export type RowsContext = {
  readonly myId: string;
  /** Entries after this seq are new; undefined = no divider. */
  readonly dividerSeq: number | undefined;
  /** Local calendar day of a time: equal for times of one day. */
  readonly dayOf: (timeMs: number) => string;
};

/** A message follows its author's last one without a new head for this long. */
const GROUP_GAP_MS = 5 * 60_000;

/** Lines of a conversation: days, divider, grouped messages, joined notices, own unconfirmed messages last. */
export function toRows(timeline: TimelineView, context: RowsContext): readonly Row[] {
  const rows: Row[] = [];
  if (timeline.phase === 'ready') {
    rows.push(
      timeline.hasOlder ? { kind: 'older', key: 'older' } : { kind: 'beginning', key: 'beginning' },
    );
  }
  let day = '';
  let author = '';
  let lastTimeMs = 0;
  let divided = false;
  const openDay = (timeMs: number): void => {
    const next = context.dayOf(timeMs);
    if (next === day) return;
    day = next;
    author = '';
    rows.push({ kind: 'day', key: `day:${next}`, timeMs });
  };
  for (let index = 0; index < timeline.entries.length; index += 1) {
    const entry = timeline.entries[index];
    if (entry === undefined) continue;
    openDay(entry.timeMs);
    if (!divided && isNew(entry, context)) {
      divided = true;
      author = '';
      rows.push({ kind: 'new', key: 'new' });
    }
    if (entry.kind === 'notice') {
      const run = noticeRun(timeline.entries, index, context);
      rows.push({
        kind: 'notice',
        key: `n:${entry.seq}`,
        text: noticeText(run),
        timeMs: entry.timeMs,
      });
      index += run.length - 1;
      author = '';
      continue;
    }
    const own = entry.authorId === context.myId;
    const head = entry.authorId !== author || entry.timeMs - lastTimeMs >= GROUP_GAP_MS;
    rows.push({ kind: 'message', key: messageKey(entry, own), message: entry, head, own });
    author = entry.authorId;
    lastTimeMs = entry.timeMs;
  }
  for (const pending of timeline.pending) {
    openDay(pending.createdMs);
    const head = author !== context.myId || pending.createdMs - lastTimeMs >= GROUP_GAP_MS;
    rows.push({ kind: 'pending', key: `own:${pending.clientMessageId}`, pending, head });
    author = context.myId;
    lastTimeMs = pending.createdMs;
  }
  return rows;
}

/** Messages of others after a position: what the pill counts. */
export function newerOthers(timeline: TimelineView, afterSeq: number, myId: string): number {
  let count = 0;
  for (let index = timeline.entries.length - 1; index >= 0; index -= 1) {
    const entry = timeline.entries[index];
    if (entry === undefined || entry.seq <= afterSeq) break;
    if (entry.kind === 'message' && entry.authorId !== myId) count += 1;
  }
  return count;
}

/** Position of the newest known entry; 0 when there is none. */
export function lastSeq(timeline: TimelineView): number {
  return timeline.entries.at(-1)?.seq ?? 0;
}

/** One's own newest message that can still be changed. */
export function lastOwnMessage(timeline: TimelineView, myId: string): MessageView | undefined {
  return timeline.entries.findLast(
    (entry): entry is MessageView =>
      entry.kind === 'message' && entry.authorId === myId && !entry.deleted,
  );
}

// The divider stands before the first new message of somebody else: own messages and joins are never news.
function isNew(entry: EntryView, context: RowsContext): boolean {
  return (
    context.dividerSeq !== undefined &&
    entry.seq > context.dividerSeq &&
    entry.kind === 'message' &&
    entry.authorId !== context.myId
  );
}

function messageKey(message: MessageView, own: boolean): string {
  return own && message.clientMessageId !== ''
    ? `own:${message.clientMessageId}`
    : `m:${message.seq}`;
}

// Joins in a row become one line, and so do leaves, so that a busy door does not bury the talk.
function noticeRun(
  entries: readonly EntryView[],
  from: number,
  context: RowsContext,
): readonly NoticeView[] {
  const run: NoticeView[] = [];
  for (let index = from; index < entries.length; index += 1) {
    const entry = entries[index];
    if (entry === undefined || entry.kind !== 'notice') break;
    const first = run[0];
    if (first !== undefined) {
      const same =
        first.notice.kind === entry.notice.kind &&
        first.notice.kind !== 'text' &&
        first.notice.kind !== 'removed';
      if (!same || context.dayOf(first.timeMs) !== context.dayOf(entry.timeMs)) break;
    }
    run.push(entry);
  }
  return run;
}

function noticeText(run: readonly NoticeView[]): string {
  const first = run[0];
  if (first === undefined) return '';
  switch (first.notice.kind) {
    case 'text':
      return first.notice.text;
    case 'removed':
      return `${first.notice.by} removed ${first.notice.name}`;
    case 'joined':
      return `${namesOf(run)} joined`;
    case 'left':
      return `${namesOf(run)} left`;
  }
}

function namesOf(run: readonly NoticeView[]): string {
  const names = [...new Set(run.map(({ notice }) => (notice.kind === 'text' ? '' : notice.name)))];
  return listNames(names, 'others');
}

/** "Ana", "Ana and Bo", "Ana, Bo and 3 others". */
export function listNames(names: readonly string[], rest: string): string {
  const [first = '', second = ''] = names;
  if (names.length <= 1) return first;
  if (names.length === 2) return `${first} and ${second}`;
  if (names.length === 3) return `${first}, ${second} and ${names[2] ?? ''}`;
  return `${first}, ${second} and ${names.length - 2} ${rest}`;
}
