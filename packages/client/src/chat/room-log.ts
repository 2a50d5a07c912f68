import type { Entry } from '@chat/protocol';
import { type Fold, foldEntry, foldedSeqOf } from './fold-entry.ts';
import type { MessageItem, TimelineItem } from './message-api.ts';

/** What appending entries brought about. */
export interface AppendResult {
  /** Rows that are new, in order. */
  readonly added: readonly TimelineItem[];
  /** Messages that changed, in their new state. */
  readonly changed: readonly MessageItem[];
  /** Entries taken in, in order, also those that show nothing. */
  readonly taken: readonly Entry[];
  /** Messages whose new state must be read. */
  readonly incomplete: readonly number[];
  /** True when an entry did not follow on the last one: it and what came behind was not taken. */
  readonly gap: boolean;
}

/** The contiguous part of a room's log that the client holds, folded into rows. */
export interface RoomLog {
  /** Empty string before the first position is known. */
  readonly epoch: string;
  readonly firstSeq: number;
  /** firstSeq - 1 when nothing is held. */
  readonly lastSeq: number;
  readonly placed: boolean;
  readonly rows: readonly TimelineItem[];
  /** Forgets everything and stands behind a position: the next entry is afterSeq + 1. */
  place(epoch: string, afterSeq: number): void;
  /** Forgets everything, the position too. */
  forget(): void;
  /** Entries that follow. What is already held is dropped ([G6] each once). */
  append(entries: readonly Entry[]): AppendResult;
  /** A page that ends right before the first entry; false when it does not fit any more. */
  prepend(page: readonly Entry[]): boolean;
  /** Puts a message in a newer state, as the server gave it. */
  replace(entry: Entry): MessageItem | undefined;
  /** Gives up the oldest entries beyond the bound; true when some were. */
  trim(maxEntries: number): boolean;
}

interface HeldChange {
  readonly seq: number;
  readonly fold: Extract<Fold, { kind: 'change' }>;
}

/** Makes an empty log. `myUserId` may become known later, but before the first entry. */
export function createRoomLog(myUserId: () => string): RoomLog {
  let epoch = '';
  let firstSeq = 1;
  let lastSeq = 0;
  let placed = false;
  let rows: TimelineItem[] = [];
  let changes: HeldChange[] = [];
  // Only messages that came with later entries folded in.
  const foldedSeqs = new Map<number, number>();

  const applyChange = (held: HeldChange): MessageItem | undefined => {
    const index = indexOfSeq(rows, held.fold.targetSeq);
    const row = index < 0 ? undefined : rows[index];
    if (row === undefined || row.kind !== 'message') return undefined;
    if ((foldedSeqs.get(row.seq) ?? 0) >= held.seq) return undefined;
    const next = held.fold.apply(row);
    rows[index] = next;
    return next === row ? undefined : next;
  };

  const rememberFolded = (entry: Entry): void => {
    const foldedSeq = foldedSeqOf(entry);
    if (foldedSeq > 0) foldedSeqs.set(Number(entry.seq), foldedSeq);
  };

  return {
    get epoch() {
      return epoch;
    },
    get firstSeq() {
      return firstSeq;
    },
    get lastSeq() {
      return lastSeq;
    },
    get placed() {
      return placed;
    },
    get rows() {
      return rows;
    },
    place(nextEpoch, afterSeq) {
      epoch = nextEpoch;
      firstSeq = afterSeq + 1;
      lastSeq = afterSeq;
      placed = true;
      rows = [];
      changes = [];
      foldedSeqs.clear();
    },
    forget() {
      epoch = '';
      firstSeq = 1;
      lastSeq = 0;
      placed = false;
      rows = [];
      changes = [];
      foldedSeqs.clear();
    },
    append(entries) {
      const added: TimelineItem[] = [];
      const changed: MessageItem[] = [];
      const taken: Entry[] = [];
      const incomplete: number[] = [];
      let gap = false;
      for (const entry of entries) {
        const seq = Number(entry.seq);
        if (seq <= lastSeq) continue;
        if (seq !== lastSeq + 1) {
          gap = true;
          break;
        }
        lastSeq = seq;
        taken.push(entry);
        rememberFolded(entry);
        const fold = foldEntry(entry, myUserId());
        if (fold.kind === 'row') {
          rows.push(fold.item);
          added.push(fold.item);
        } else if (fold.kind === 'change') {
          const held = { seq, fold };
          changes.push(held);
          const message = applyChange(held);
          if (message !== undefined) changed.push(message);
          if (fold.incomplete) incomplete.push(fold.targetSeq);
        }
      }
      return { added, changed, taken, incomplete, gap };
    },
    prepend(page) {
      const last = page.at(-1);
      if (last === undefined || Number(last.seq) !== firstSeq - 1 || !isContiguous(page))
        return false;
      const older: TimelineItem[] = [];
      const olderChanges: HeldChange[] = [];
      for (const entry of page) {
        rememberFolded(entry);
        const fold = foldEntry(entry, myUserId());
        if (fold.kind === 'row') older.push(fold.item);
        if (fold.kind === 'change') olderChanges.push({ seq: Number(entry.seq), fold });
      }
      rows = [...older, ...rows];
      changes = [...olderChanges, ...changes];
      firstSeq = Number(page[0]?.seq ?? firstSeq);
      // Later entries may speak of messages of this page; those already folded in are skipped.
      for (const held of changes) {
        if (held.fold.targetSeq <= Number(last.seq)) applyChange(held);
      }
      return true;
    },
    replace(entry) {
      const index = indexOfSeq(rows, Number(entry.seq));
      const fold = foldEntry(entry, myUserId());
      if (index < 0 || fold.kind !== 'row' || fold.item.kind !== 'message') return undefined;
      // Older than what the log already told: a newer answer is on its way.
      if (foldedSeqOf(entry) < (foldedSeqs.get(fold.item.seq) ?? 0)) return undefined;
      rememberFolded(entry);
      rows[index] = fold.item;
      for (const held of changes) {
        if (held.fold.targetSeq === fold.item.seq) applyChange(held);
      }
      const row = rows[index];
      return row.kind === 'message' ? row : undefined;
    },
    trim(maxEntries) {
      const held = lastSeq - firstSeq + 1;
      if (held <= maxEntries) return false;
      // A tenth more than needed, so that not every entry copies the rows.
      firstSeq = lastSeq - Math.floor(maxEntries * 0.9) + 1;
      rows = rows.filter((row) => row.seq >= firstSeq);
      changes = changes.filter((change) => change.seq >= firstSeq);
      for (const seq of foldedSeqs.keys()) if (seq < firstSeq) foldedSeqs.delete(seq);
      return true;
    },
  };
}

function isContiguous(page: readonly Entry[]): boolean {
  return page.every((entry, index) => {
    const before = page[index - 1];
    return before === undefined || entry.seq === before.seq + 1n;
  });
}

/** Place of a row by binary search; -1 when there is none. */
function indexOfSeq(rows: readonly TimelineItem[], seq: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = rows[middle]?.seq ?? 0;
    if (at === seq) return middle;
    if (at < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
