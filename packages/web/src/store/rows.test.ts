import { expect, test } from '@jest/globals';
import type { EntryView, TimelineView } from './model.ts';
import { EMPTY_TIMELINE } from './model.ts';
import {
  lastOwnMessage,
  lastSeq,
  listNames,
  newerOthers,
  type Row,
  type RowsContext,
  toRows,
} from './rows.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

function message(seq: number, authorId: string, timeMs: number): EntryView {
  return {
    kind: 'message',
    seq,
    timeMs,
    authorId,
    authorName: authorId,
    text: `text ${seq}`,
    clientMessageId: `c${seq}`,
    edited: false,
    deleted: false,
    reactions: [],
  };
}

function door(seq: number, kind: 'joined' | 'left', name: string): EntryView {
  return { kind: 'notice', seq, timeMs: seq, notice: { kind, userId: name, name } };
}

function rowsOf(
  timeline: Partial<TimelineView>,
  context: Partial<RowsContext> = {},
): readonly Row[] {
  return toRows(
    { ...EMPTY_TIMELINE, phase: 'ready', ...timeline },
    {
      myId: 'me',
      dividerSeq: undefined,
      dayOf: (timeMs) => String(Math.floor(timeMs / DAY_MS)),
      ...context,
    },
  );
}

const kinds = (rows: readonly Row[]): readonly string[] => rows.map((row) => row.kind);
const heads = (rows: readonly Row[]): readonly boolean[] =>
  rows.flatMap((row) => (row.kind === 'message' || row.kind === 'pending' ? [row.head] : []));

test('[UX7] messages of one author within 5 minutes share one head', () => {
  const rows = rowsOf({
    entries: [
      message(1, 'ana', 0),
      message(2, 'ana', 4 * MINUTE_MS),
      message(3, 'ana', 9 * MINUTE_MS),
      message(4, 'bo', 9 * MINUTE_MS),
    ],
  });
  expect(heads(rows)).toEqual([true, false, true, true]);
});

test('[UX7] a day begins with its separator and a new head', () => {
  const rows = rowsOf({ entries: [message(1, 'ana', DAY_MS - 1), message(2, 'ana', DAY_MS)] });
  expect(kinds(rows)).toEqual(['beginning', 'day', 'message', 'day', 'message']);
  expect(heads(rows)).toEqual([true, true]);
});

test('[UX6] where older entries exist the list begins with their placeholder', () => {
  expect(kinds(rowsOf({ hasOlder: true, entries: [message(9, 'ana', 0)] }))[0]).toBe('older');
});

test('[UX5] the divider stands before the first new message of somebody else', () => {
  const rows = rowsOf(
    {
      entries: [
        message(1, 'ana', 0),
        message(2, 'me', 1),
        door(3, 'joined', 'bo'),
        message(4, 'bo', 4),
      ],
    },
    { dividerSeq: 1 },
  );
  expect(kinds(rows)).toEqual([
    'beginning',
    'day',
    'message',
    'message',
    'notice',
    'new',
    'message',
  ]);
});

test('[UX5] own messages never make a divider', () => {
  expect(
    kinds(rowsOf({ entries: [message(1, 'ana', 0), message(2, 'me', 1)] }, { dividerSeq: 1 })),
  ).not.toContain('new');
});

test('[UX3] an own message keeps its key from echo to confirmation', () => {
  const pending = rowsOf({
    pending: [{ clientMessageId: 'c7', text: 'hi', createdMs: 0, state: { kind: 'sending' } }],
  }).at(-1);
  const confirmed = rowsOf({ entries: [message(7, 'me', 0)] }).at(-1);
  expect(pending?.key).toBe('own:c7');
  expect(confirmed?.key).toBe('own:c7');
});

test('[UX3] unconfirmed messages stand last, in the order they were typed', () => {
  const rows = rowsOf({
    entries: [message(1, 'ana', 0)],
    pending: [
      { clientMessageId: 'a', text: '1', createdMs: 1, state: { kind: 'sending' } },
      { clientMessageId: 'b', text: '2', createdMs: 2, state: { kind: 'failed', reason: '' } },
    ],
  });
  expect(rows.slice(-2).map((row) => row.key)).toEqual(['own:a', 'own:b']);
  expect(heads(rows)).toEqual([true, true, false]);
});

test('joins in a row become one quiet line', () => {
  const rows = rowsOf({
    entries: [door(1, 'joined', 'Ana'), door(2, 'joined', 'Bo'), door(3, 'left', 'Ana')],
  });
  expect(rows.flatMap((row) => (row.kind === 'notice' ? [row.text] : []))).toEqual([
    'Ana and Bo joined',
    'Ana left',
  ]);
});

test('keys are unique, whatever the log holds', () => {
  const entries = [
    door(1, 'joined', 'Ana'),
    message(2, 'ana', 5),
    message(3, 'me', 6),
    door(4, 'left', 'Bo'),
    message(5, 'ana', DAY_MS),
  ];
  const keys = rowsOf({ entries }, { dividerSeq: 1 }).map((row) => row.key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('the pill counts messages of others after a position', () => {
  const timeline = {
    ...EMPTY_TIMELINE,
    entries: [
      message(1, 'ana', 0),
      message(2, 'me', 0),
      door(3, 'joined', 'bo'),
      message(4, 'bo', 0),
    ],
  };
  expect(newerOthers(timeline, 1, 'me')).toBe(1);
  expect(newerOthers(timeline, 0, 'me')).toBe(2);
  expect(lastSeq(timeline)).toBe(4);
});

test('[UX12] the message to edit is the newest own one that is not deleted', () => {
  const gone = { ...message(3, 'me', 0), deleted: true };
  const timeline = {
    ...EMPTY_TIMELINE,
    entries: [message(1, 'me', 0), message(2, 'me', 0), gone, message(4, 'bo', 0)],
  };
  expect(lastOwnMessage(timeline, 'me')?.seq).toBe(2);
  expect(lastOwnMessage(timeline, 'nobody')).toBeUndefined();
});

test.each([
  [['Ana'], 'Ana'],
  [['Ana', 'Bo'], 'Ana and Bo'],
  [['Ana', 'Bo', 'Chi'], 'Ana, Bo and Chi'],
  [['Ana', 'Bo', 'Chi', 'Dan', 'Eve'], 'Ana, Bo and 3 others'],
])('%j reads as %s', (names, words) => {
  expect(listNames(names, 'others')).toBe(words);
});
