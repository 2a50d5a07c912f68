import {
  LIMITS,
  parseRoomId,
  parseSeq,
  type Presence,
  ResyncReason,
  RoomClosedReason,
  type RoomCursor,
  type RoomId,
  toTimestamp,
  toWireSeq,
} from '@chat/protocol';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { EntryPage, RoomLog, StoredEntry } from '../ports/room-log.ts';
import { encodeEvent, encodeRoomEntries, eventRuns } from './event-bytes.ts';
import type { LiveSession, Subscription } from './live-session.ts';
import type { UserPresence } from './presence.ts';
import type { RoomFeed } from './room-feed.ts';
import { DIRECT } from './sink.ts';

/** What opening a room needs from the hub. */
export interface SubscribeDeps {
  readonly epoch: string;
  readonly log: RoomLog;
  /** Holds the feed of a room, once its live end is known. */
  readonly holdFeed: (roomId: RoomId) => Promise<RoomFeed>;
  /** Gives back a hold that no subscription took over. */
  readonly letGo: (roomId: RoomId) => void;
  /** Brings a feed that fell behind to the head of the log. */
  readonly catchUp: (feed: RoomFeed) => Promise<void>;
  /** Takes the room from the session and lets go of the feed when nobody needs it. */
  readonly drop: (session: LiveSession, roomId: RoomId) => void;
  readonly presenceOf: (roomId: RoomId) => {
    readonly presences: readonly UserPresence[];
    readonly count: number;
  };
}

/** Members named in Opened; more would not fit into a small frame. */
export const MAX_SNAPSHOT = 200;

/**
 * Opens rooms for a session one after the other: live end known → log read from the client's position → what came
 * meanwhile added from memory → joined. Refused as a whole only when no room can be opened; a room that is not the
 * caller's among others gets RoomClosed, so that one lost room does not stop a resume.
 */
export async function subscribeRooms(
  deps: SubscribeDeps,
  session: LiveSession,
  rooms: readonly RoomCursor[],
  unanswered: boolean,
): Promise<Outcome<null>> {
  if (rooms.length === 0 || rooms.length > LIMITS.maxRoomsPerSubscribe) {
    return refuse('TOO_MANY', { field: 'subscribe.rooms' });
  }
  let opened = 0;
  let refusal: Outcome<null> = accept(null);
  for (const [index, cursor] of rooms.entries()) {
    const field = `subscribe.rooms[${index}]`;
    const result = await openRoom(deps, session, cursor, field).catch((failure: unknown) => {
      const roomId = parseRoomId(cursor.roomId);
      if (roomId !== undefined) deps.drop(session, roomId);
      throw failure;
    });
    if (session.ended || !session.chatOpen) return accept(null);
    if (result.ok) opened += 1;
    else {
      refusal = result;
      const isTold = rooms.length > 1 || unanswered;
      if (isTold && result.error.code === 'NOT_FOUND') closeRoom(session, cursor.roomId);
    }
  }
  return opened > 0 ? accept(null) : refusal;
}

async function openRoom(
  deps: SubscribeDeps,
  session: LiveSession,
  cursor: RoomCursor,
  field: string,
): Promise<Outcome<null>> {
  const roomId = parseRoomId(cursor.roomId);
  if (roomId === undefined) return refuse('NOT_FOUND', { field: `${field}.room_id` });
  const wanted = cursor.after === undefined ? undefined : parseSeq(cursor.after.seq);
  if (cursor.after !== undefined && wanted === undefined) {
    return refuse('BAD_CURSOR', { field: `${field}.after.seq` });
  }
  deps.drop(session, roomId);
  if (session.rooms.size >= LIMITS.maxSubscribedRooms) return refuse('LIMIT', { field });
  const subscription: Subscription = { roomId, state: 'opening', held: false };
  session.rooms.set(roomId, subscription);
  const stands = () => !session.ended && session.rooms.get(roomId) === subscription;

  const feed = await deps.holdFeed(roomId);
  if (!stands()) {
    deps.letGo(roomId);
    return accept(null);
  }
  subscription.held = true;
  const first = await deps.log.readEntries({
    roomId,
    readerId: session.principal.userId,
    anchor: wanted === undefined ? { at: 'newest' } : { at: 'after', seq: wanted },
    limit: wanted === undefined ? 1 : LIMITS.maxPageEntries,
  });
  // A thousand sessions of a new link replay at once: each writes a page only while the sink has room, and has
  // written it before the next one looks. Hence the wait stands here and not in a function of its own.
  while (stands() && session.sink.busy()) await session.sink.drained();
  if (!stands()) return accept(null);
  if (!first.ok) {
    deps.drop(session, roomId);
    return refuse(first.error.code, { field: `${field}.room_id` });
  }
  const reason = resyncReason(deps.epoch, cursor, wanted, first.value.headSeq);
  if (reason !== undefined) {
    deps.drop(session, roomId);
    const head = { epoch: deps.epoch, seq: toWireSeq(first.value.headSeq) };
    const value = { roomId, head, reason };
    session.sink.sessionEvent(session.number, encodeEvent({ $case: 'resync', value }), DIRECT);
    return accept(null);
  }
  sendOpened(deps, session, roomId, first.value, wanted);
  await replay(deps, session, feed, subscription, first.value, wanted, stands);
  return accept(null);
}

async function replay(
  deps: SubscribeDeps,
  session: LiveSession,
  feed: RoomFeed,
  subscription: Subscription,
  first: EntryPage,
  wanted: number | undefined,
  stands: () => boolean,
): Promise<void> {
  const { roomId } = subscription;
  let page = wanted === undefined ? { ...first, entries: [] } : first;
  let seq = startOf(first, wanted);
  for (;;) {
    sendEntries(session, roomId, page.entries);
    seq = page.entries.at(-1)?.seq ?? seq;
    if (seq > feed.headSeq) {
      // The read saw a commit before its news came: let the feed have it too, or it would come twice.
      await deps.catchUp(feed);
      if (!stands()) return;
      page = { ...page, entries: [] };
      continue;
    }
    const rest = feed.recentAfter(seq);
    if (rest !== undefined) {
      // Nothing awaits between here and the join, so nothing can come between.
      sendEntries(session, roomId, rest);
      subscription.state = 'live';
      feed.join(session);
      return;
    }
    const next = await deps.log.readEntries({
      roomId,
      readerId: session.principal.userId,
      anchor: { at: 'after', seq },
      limit: LIMITS.maxPageEntries,
    });
    while (stands() && session.sink.busy()) await session.sink.drained();
    if (!stands()) return;
    if (!next.ok) {
      deps.drop(session, roomId); // removed meanwhile: the log's removal told the session
      return;
    }
    page = next.value;
  }
}

function resyncReason(
  epoch: string,
  cursor: RoomCursor,
  wanted: number | undefined,
  headSeq: number,
): ResyncReason | undefined {
  if (cursor.after === undefined || wanted === undefined) return undefined;
  // seq 0 is the same place in every epoch.
  if (cursor.after.epoch !== epoch && wanted > 0) return ResyncReason.EPOCH;
  if (wanted > headSeq) return ResyncReason.AHEAD;
  if (cursor.maxReplay > 0 && headSeq - wanted > cursor.maxReplay) return ResyncReason.TOO_FAR;
  return undefined;
}

// A reader of a private room begins at the join, whatever position was asked for.
function startOf(first: EntryPage, wanted: number | undefined): number {
  if (wanted === undefined) return first.headSeq;
  return Math.max(wanted, first.firstVisibleSeq - 1);
}

function sendOpened(
  deps: SubscribeDeps,
  session: LiveSession,
  roomId: RoomId,
  first: EntryPage,
  wanted: number | undefined,
): void {
  const { presences, count } = deps.presenceOf(roomId);
  const event = encodeEvent({
    $case: 'opened',
    value: {
      roomId,
      after: { epoch: deps.epoch, seq: toWireSeq(startOf(first, wanted)) },
      headSeq: toWireSeq(first.headSeq),
      presences: presences.map(toWirePresence),
      onlineCount: count,
    },
  });
  session.sink.sessionEvent(session.number, event, DIRECT);
}

/** A presence as its message. */
export function toWirePresence(presence: UserPresence): Presence {
  const { userId, displayName, status, lastSeenMs } = presence;
  const lastSeenTime = lastSeenMs === undefined ? undefined : toTimestamp(lastSeenMs);
  return { userId, displayName, status, lastSeenTime };
}

function sendEntries(session: LiveSession, roomId: RoomId, entries: readonly StoredEntry[]): void {
  for (const run of eventRuns(entries)) {
    const lastSeq = run.at(-1)?.seq ?? 0;
    session.sink.sessionEvent(session.number, encodeRoomEntries(roomId, run), {
      kind: 'room',
      roomId,
      lastSeq,
    });
  }
}

function closeRoom(session: LiveSession, roomId: string): void {
  const value = { roomId, reason: RoomClosedReason.UNSPECIFIED };
  session.sink.sessionEvent(session.number, encodeEvent({ $case: 'roomClosed', value }), DIRECT);
}
