import { LIMITS, type ListEntriesRequest, type UserId } from '@chat/protocol';
import { accept, type Outcome } from '../domain/outcome.ts';
import type { EntryPage, ReadEntries, StoredEntry } from '../ports/room-log.ts';
import type { Unread } from '../ports/rooms.ts';
import type { App, Caller } from './app.ts';
import { checkRoomId, checkSeq, clampLimit } from './check.ts';

/** Reads a page of the log. */
export async function listEntries(
  app: App,
  caller: Caller,
  request: ListEntriesRequest,
): Promise<Outcome<EntryPage>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const anchor = toAnchor(request.anchor);
  if (!anchor.ok) return anchor;
  const readerId = caller.account.userId;
  const allowed = app.limits.take('history', readerId);
  if (!allowed.ok) return allowed;
  const limit = clampLimit(request.limit, LIMITS.defaultPageEntries, LIMITS.maxPageEntries);
  return app.store.log.readEntries({ roomId: roomId.value, readerId, anchor: anchor.value, limit });
}

/** Reads one message. */
export async function getMessage(
  app: App,
  caller: Caller,
  request: { readonly roomId: string; readonly seq: bigint },
): Promise<Outcome<StoredEntry>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const seq = checkSeq(request.seq, 'seq');
  if (!seq.ok) return seq;
  const readerId = caller.account.userId;
  return app.store.log.readMessage({ roomId: roomId.value, readerId, seq: seq.value });
}

/** Moves the caller's read cursor forward and tells the room. */
export async function markRead(
  app: App,
  caller: Caller,
  request: { readonly roomId: string; readonly seq: bigint },
): Promise<Outcome<Unread>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const seq = checkSeq(request.seq, 'seq');
  if (!seq.ok) return seq;
  const { userId } = caller.account;
  const unread = await app.store.rooms.markRead({ roomId: roomId.value, userId, seq: seq.value });
  if (unread.ok) app.live.readMoved(roomId.value, userId, unread.value.readSeq);
  return unread;
}

/** How far the members of a room have read. */
export async function listReadCursors(
  app: App,
  caller: Caller,
  roomIdText: string,
): Promise<Outcome<readonly { readonly userId: UserId; readonly seq: number }[]>> {
  const roomId = checkRoomId(roomIdText);
  if (!roomId.ok) return roomId;
  const askerId = caller.account.userId;
  return app.store.directory.listReadCursors({ roomId: roomId.value, askerId });
}

function toAnchor(anchor: ListEntriesRequest['anchor']): Outcome<ReadEntries['anchor']> {
  if (anchor === undefined) return accept({ at: 'newest' });
  const { at, field } = ANCHORS[anchor.$case];
  const seq = checkSeq(anchor.value, field);
  return seq.ok ? accept({ at, seq: seq.value }) : seq;
}

const ANCHORS = {
  beforeSeq: { at: 'before', field: 'before_seq' },
  afterSeq: { at: 'after', field: 'after_seq' },
  aroundSeq: { at: 'around', field: 'around_seq' },
} as const;
