import type { RoomId } from '@chat/protocol';
import { accept, type Outcome, refuse } from '../../../domain/outcome.ts';
import { toMessage } from '../../../domain/decide-post.ts';
import type { RoomCommand } from '../../../domain/room-command.ts';
import { firstVisibleSeq, requireMember } from '../../../domain/standing.ts';
import type {
  Appended,
  EntryPage,
  ReadEntries,
  RoomLog,
  StoredEntry,
} from '../../../ports/room-log.ts';
import { appendEntry, comparableHash, hashComparable } from '../append-entry.ts';
import type { Context, Operations } from '../context.ts';
import { chainHash, POSTED, toStoredEntry, ZERO_HASH } from '../entry-codec.ts';
import { CorruptEntryError, type EntryRow } from '../tables/entry-table.ts';
import { decideCommand } from './decide-command.ts';
import { useInvite } from './invite-operations.ts';
import { standingOf } from './standing-of.ts';

/** A page ends when it holds this much, so that it fits into one response. */
const MAX_PAGE_BYTES = 1_048_576;

/** The log inside a transaction. */
export const logOperations: Operations<RoomLog> = {
  append(context, command) {
    const actor = context.users.get(command.actorId);
    if (actor === undefined || actor.retired) return refuse('NOT_FOUND', { field: 'room_id' });
    if (actor.suspended) return refuse('FORBIDDEN');
    // Before every other rule: what was accepted once stays accepted, whatever happened since (G2, G3).
    const settled = command.type === 'post' ? settleRetry(context, command) : undefined;
    if (settled !== undefined) return settled;
    const decided = decideCommand(context, command, actor);
    if (!decided.ok) return decided;
    let last: EntryRow | undefined;
    for (const content of decided.value.contents) {
      last = appendEntry(context, command.roomId, actor, content);
    }
    if (last === undefined) return accept(unchanged(context, command.roomId));
    if (command.type === 'join' && typeof command.via === 'object') {
      useInvite(context, command.via.inviteCode);
    }
    return accept({
      roomId: command.roomId,
      seq: last.seq,
      timeMs: last.timeMs,
      duplicate: false,
    });
  },

  readEntries(context, request) {
    const visible = visibleFrom(context, request);
    if (!visible.ok) return visible;
    const { headSeq, firstSeq } = visible.value;
    const { from, to } = toRange(request, firstSeq, headSeq);
    const rows = from > to ? [] : context.entries.range(request.roomId, from, to);
    verifyPage(context, request.roomId, rows, from, to);
    const entries = fitPage(rows.map(toStoredEntry), request.anchor.at);
    return accept<EntryPage>({ entries, headSeq, firstVisibleSeq: firstSeq });
  },

  readMessage(context, request) {
    const visible = visibleFrom(context, request);
    if (!visible.ok) return visible;
    const row = context.entries.get(request.roomId, request.seq);
    if (row?.kind !== POSTED || row.seq < visible.value.firstSeq) {
      return refuse('NOT_FOUND', { field: 'seq' });
    }
    return accept(toStoredEntry(row));
  },

  head(context, roomId) {
    return context.rooms.get(roomId)?.headSeq;
  },
};

/** The first result of a post that was accepted before; undefined when it is new. */
function settleRetry(
  context: Context,
  command: Extract<RoomCommand, { readonly type: 'post' }>,
): Outcome<Appended> | undefined {
  const { roomId, actorId, clientMessageId } = command;
  const row = context.entries.findByClientId(roomId, actorId, clientMessageId);
  if (row === undefined) return undefined;
  const same = Buffer.compare(comparableHash(row), hashComparable(toMessage(command))) === 0;
  if (!same) return refuse('IDEMPOTENCY_CONFLICT', { field: 'client_message_id' });
  return accept({ roomId, seq: row.seq, timeMs: row.timeMs, duplicate: true });
}

function unchanged(context: Context, roomId: RoomId): Appended {
  const room = context.rooms.get(roomId);
  return {
    roomId,
    seq: room?.headSeq ?? 0,
    timeMs: room?.headMs ?? context.nowMs,
    duplicate: true,
  };
}

/** What the reader may see of the room. */
function visibleFrom(
  context: Context,
  request: Pick<ReadEntries, 'roomId' | 'readerId'>,
): Outcome<{ readonly headSeq: number; readonly firstSeq: number }> {
  const { roomId, readerId } = request;
  if (readerId === undefined) {
    const room = context.rooms.get(roomId);
    if (room === undefined) return refuse('NOT_FOUND', { field: 'room_id' });
    return accept({ headSeq: room.headSeq, firstSeq: 1 });
  }
  const reader = requireMember(standingOf(context, roomId, readerId));
  if (!reader.ok) return reader;
  const { room, member } = reader.value;
  return accept({ headSeq: room.headSeq, firstSeq: firstVisibleSeq(room, member) });
}

function toRange(
  { anchor, limit }: ReadEntries,
  firstSeq: number,
  headSeq: number,
): { readonly from: number; readonly to: number } {
  switch (anchor.at) {
    case 'newest':
      return { from: Math.max(firstSeq, headSeq - limit + 1), to: headSeq };
    case 'before': {
      const to = Math.min(anchor.seq - 1, headSeq);
      return { from: Math.max(firstSeq, to - limit + 1), to };
    }
    case 'after': {
      const from = Math.max(firstSeq, anchor.seq + 1);
      return { from, to: Math.min(headSeq, from + limit - 1) };
    }
    case 'around': {
      const wanted = Math.min(anchor.seq - Math.floor(limit / 2), headSeq - limit + 1);
      const from = Math.max(firstSeq, wanted);
      return { from, to: Math.min(headSeq, from + limit - 1) };
    }
  }
}

/** Keeps the end of the page that the reader asked from. */
function fitPage(
  entries: readonly StoredEntry[],
  at: ReadEntries['anchor']['at'],
): readonly StoredEntry[] {
  const backwards = at === 'newest' || at === 'before';
  const ordered = backwards ? entries.toReversed() : entries;
  let bytes = 0;
  let count = 0;
  for (const entry of ordered) {
    bytes += entry.bytes.length;
    if (count > 0 && bytes > MAX_PAGE_BYTES) break;
    count += 1;
  }
  const kept = ordered.slice(0, count);
  return backwards ? kept.toReversed() : kept;
}

/** Checks that the page is whole and chained (G18). Throws CorruptEntryError. */
export function verifyPage(
  context: Context,
  roomId: RoomId,
  rows: readonly EntryRow[],
  from: number,
  to: number,
): void {
  let before: Uint8Array | undefined = from === 1 ? ZERO_HASH : undefined;
  for (let seq = from; seq <= to; seq += 1) {
    const row = rows[seq - from];
    if (row?.seq !== seq) throw new CorruptEntryError(roomId, seq);
    const { kind, contentHash, hash } = row;
    const chained =
      before === undefined || Buffer.compare(chainHash(before, seq, kind, contentHash), hash) === 0;
    if (!chained) throw new CorruptEntryError(roomId, seq);
    before = hash;
  }
  const room = context.rooms.get(roomId);
  if (before === undefined || room?.headSeq !== to) return;
  if (Buffer.compare(room.headHash, before) !== 0) throw new CorruptEntryError(roomId, to);
}
