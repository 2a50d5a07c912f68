import { beforeEach, describe, expect, test } from '@jest/globals';
import { Entry, type RoomId, type SessionId, type UserId, UserKind } from '@chat/protocol';
import type { MembershipChange } from '../ports/room-log.ts';
import type { LiveSession } from './live-session.ts';
import { type FeedEntry, RoomFeed } from './room-feed.ts';
import type { Sink } from './sink.ts';

const ROOM = 'r' as RoomId;
const BERT = 'bert' as UserId;

/** A sink that writes down what it is told. */
function recordingSink() {
  const calls: string[] = [];
  const sink: Sink = {
    roomBatch: ({ firstSeq, lastSeq }) => void calls.push(`batch ${firstSeq}-${lastSeq}`),
    roomJoin: (session, _room, afterSeq) => void calls.push(`join ${session} after ${afterSeq}`),
    roomLeave: (session) => void calls.push(`leave ${session}`),
    roomSignal: ({ key, exceptSession }) => void calls.push(`signal ${key} not ${exceptSession}`),
    sessionEvent: () => undefined,
    sessionClosed: () => undefined,
    busy: () => false,
    drained: () => Promise.resolve(),
  };
  return { calls, sink };
}

function sessionOn(sink: Sink, number: number, userId = `u${number}` as UserId): LiveSession {
  return {
    sink,
    number,
    remoteAddress: '',
    principal: { userId, sessionId: 's' as SessionId, displayName: 'x', kind: UserKind.GUEST },
    expiresAtMs: 0,
    chatOpen: true,
    status: undefined,
    rooms: new Map(),
    ended: false,
  };
}

function entry(seq: number, membership?: MembershipChange, size = 10): FeedEntry {
  const bytes = Entry.encode(
    Entry.fromPartial({ seq: BigInt(seq), actorName: 'x'.repeat(size) }),
  ).finish();
  return { entry: { seq, bytes }, membership };
}

describe('RoomFeed', () => {
  let feed: RoomFeed;
  let changes: string[];
  let onMembership: (change: MembershipChange) => void;
  beforeEach(() => {
    changes = [];
    onMembership = ({ change, userId }) => changes.push(`${change} ${userId}`);
    feed = new RoomFeed(ROOM, {
      onMembership: (_room, change) => onMembership(change),
      onBatch: () => undefined,
    });
    feed.startAt(10);
  });

  test('[G4] what is known is dropped, a gap is refused, the rest goes out once for each sink', () => {
    const { calls, sink } = recordingSink();
    feed.join(sessionOn(sink, 1));
    feed.join(sessionOn(sink, 2));
    expect(feed.publish([entry(9), entry(10)])).toBe(true);
    expect(feed.publish([entry(12)])).toBe(false);
    expect(feed.publish([entry(10), entry(11), entry(12)])).toBe(true);
    expect(calls).toEqual(['join 1 after 10', 'join 2 after 10', 'batch 11-12']);
    expect(feed.headSeq).toBe(12);
  });

  test('[RLY2] [G10] a removal cuts the batch: the entry, then the news, then what follows', () => {
    const { calls, sink } = recordingSink();
    const bert = sessionOn(sink, 1, BERT);
    feed.join(bert);
    feed.join(sessionOn(sink, 2));
    onMembership = () => feed.leave(bert, true);
    feed.publish([entry(11), entry(12, { change: 'kicked', userId: BERT }), entry(13), entry(14)]);
    expect(calls.slice(2)).toEqual(['batch 11-12', 'leave 1', 'batch 13-14']);
  });

  test('recent entries serve those who open the room meanwhile, until history is rewritten', () => {
    feed.publish([entry(11), entry(12)]);
    expect(feed.recentAfter(12)).toEqual([]);
    expect(feed.recentAfter(11)?.map(({ seq }) => seq)).toEqual([12]);
    expect(feed.recentAfter(10)?.map(({ seq }) => seq)).toEqual([11, 12]);
    expect(feed.recentAfter(9)).toBeUndefined();
    expect(feed.recentAfter(13)).toBeUndefined();
    const deleted = Entry.encode(
      Entry.fromPartial({
        seq: 13n,
        content: { $case: 'messageDeleted', value: { messageSeq: 11n } },
      }),
    ).finish();
    feed.publish([{ entry: { seq: 13, bytes: deleted }, membership: undefined }]);
    expect(feed.recentAfter(11)).toBeUndefined();
    expect(feed.recentAfter(12)?.map(({ seq }) => seq)).toEqual([13]);
  });

  test('[G13] the memory of a room is bounded in entries and in bytes', () => {
    for (let seq = 11; seq <= 2_010; seq += 1) feed.publish([entry(seq)]);
    expect(feed.recentAfter(2_010 - 512)).toHaveLength(512);
    expect(feed.recentAfter(2_010 - 513)).toBeUndefined();
    for (let seq = 2_011; seq <= 2_060; seq += 1) feed.publish([entry(seq, undefined, 16_000)]);
    const kept = feed.recentAfter(2_060 - 10) ?? [];
    expect(kept).toHaveLength(10);
    expect(feed.recentAfter(2_060 - 30)).toBeUndefined();
  });

  test('a signal names the session it came from on its own sink only', () => {
    const here = recordingSink();
    const there = recordingSink();
    const origin = sessionOn(here.sink, 4);
    feed.join(origin);
    feed.join(sessionOn(there.sink, 4));
    feed.signal('typing', new Uint8Array(), origin);
    expect(here.calls.at(-1)).toBe('signal typing not 4');
    expect(there.calls.at(-1)).toBe('signal typing not 0');
  });

  test('a sink whose last session left hears nothing more', () => {
    const { calls, sink } = recordingSink();
    const session = sessionOn(sink, 1);
    feed.join(session);
    feed.leave(session, false);
    feed.publish([entry(11)]);
    expect(calls).toEqual(['join 1 after 10']);
    expect(feed.sessionCount).toBe(0);
  });
});
