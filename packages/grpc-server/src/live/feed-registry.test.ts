import { beforeEach, describe, expect, test } from '@jest/globals';
import { Entry, type RoomId, type SessionId, type UserId, UserKind } from '@chat/protocol';
import { accept } from '../domain/outcome.ts';
import type { ReadEntries, RoomLog, StoredEntry } from '../ports/room-log.ts';
import { FeedRegistry } from './feed-registry.ts';
import type { Sink } from './sink.ts';

const ROOM = 'r' as RoomId;

function entry(seq: number, content?: Entry['content']): StoredEntry {
  return { seq, bytes: Entry.encode(Entry.fromPartial({ seq: BigInt(seq), content })).finish() };
}

/** A log that another server writes to. */
function foreignLog() {
  const entries: StoredEntry[] = [];
  const reads: number[] = [];
  let broken = false;
  const log: Pick<RoomLog, 'head' | 'readEntries'> = {
    head: () => Promise.resolve(entries.length),
    readEntries(request: ReadEntries) {
      if (broken) return Promise.reject(new Error('store'));
      const after = request.anchor.at === 'after' ? request.anchor.seq : 0;
      reads.push(after);
      const page = entries.slice(after, after + request.limit);
      return Promise.resolve(
        accept({ entries: page, headSeq: entries.length, firstVisibleSeq: 1 }),
      );
    },
  };
  return {
    // Of the port only these two are used here.
    log: log as RoomLog,
    reads,
    write(count: number, content?: Entry['content']) {
      for (let left = count; left > 0; left -= 1) entries.push(entry(entries.length + 1, content));
    },
    take: (from: number, to: number) =>
      entries.slice(from - 1, to).map((it) => ({ entry: it, membership: undefined })),
    setBroken: (value: boolean) => (broken = value),
  };
}

describe('FeedRegistry', () => {
  let foreign: ReturnType<typeof foreignLog>;
  let told: string[];
  let registry: FeedRegistry;
  let batches: number[][];
  beforeEach(() => {
    foreign = foreignLog();
    told = [];
    batches = [];
    registry = new FeedRegistry(foreign.log, {
      onMembership: (_room, { change }) => told.push(`in order ${change}`),
      onForeignMembership: (_room, { change }) => told.push(`foreign ${change}`),
      onBatch: () => undefined,
      onFailure: () => told.push('failure'),
    });
  });
  async function received() {
    const feed = await registry.hold(ROOM);
    const sink = {
      roomBatch: ({ firstSeq, lastSeq }) => void batches.push([firstSeq, lastSeq]),
      roomJoin: () => undefined,
      roomLeave: () => undefined,
      roomSignal: () => undefined,
      sessionEvent: () => undefined,
      sessionClosed: () => undefined,
      busy: () => false,
      drained: () => Promise.resolve(),
    } satisfies Sink;
    const principal = {
      userId: 'u' as UserId,
      sessionId: 's' as SessionId,
      displayName: '',
      kind: UserKind.GUEST,
    };
    feed.join({
      sink,
      number: 1,
      remoteAddress: '',
      principal,
      expiresAtMs: 0,
      chatOpen: true,
      status: undefined,
      rooms: new Map(),
      ended: false,
    });
    return feed;
  }

  test('[G7] a hint of another server makes the feed read what it lacks, in order and once', async () => {
    foreign.write(5);
    const feed = await received();
    expect(feed.headSeq).toBe(5);
    foreign.write(250);
    registry.announce(ROOM, 255);
    registry.announce(ROOM, 255);
    registry.announce(ROOM, 3);
    await registry.catchUp(ROOM);
    expect(feed.headSeq).toBe(255);
    expect(batches.map(([first]) => first)).toEqual([6, 106, 206]);
    expect(foreign.reads).toEqual([5, 105, 205]);
  });

  test('[G7] a commit that does not continue the feed is read from the log instead', async () => {
    foreign.write(3);
    const feed = await received();
    foreign.write(4);
    registry.publish(ROOM, foreign.take(6, 7));
    // While the log is being read, later commits wait for it.
    foreign.write(1);
    registry.publish(ROOM, foreign.take(8, 8));
    await registry.catchUp(ROOM);
    expect(feed.headSeq).toBe(8);
    expect(batches.flat()[0]).toBe(4);
    expect(batches.at(-1)?.[1]).toBe(8);
  });

  test('[RLY2] a removal by another server is told as foreign and at its place', async () => {
    await received();
    const value = { userId: 'bert', displayName: 'B', reason: '' };
    foreign.write(1, { $case: 'memberKicked', value });
    registry.announce(ROOM, 1);
    await registry.catchUp(ROOM);
    expect(told).toEqual(['foreign kicked', 'in order kicked']);
  });

  test('a log that cannot be read leaves the feed behind; the next news tries again', async () => {
    const feed = await received();
    foreign.write(2);
    foreign.setBroken(true);
    registry.announce(ROOM, 2);
    await registry.catchUp(ROOM);
    expect([feed.headSeq, told]).toEqual([0, ['failure']]);
    foreign.setBroken(false);
    registry.publish(ROOM, foreign.take(2, 2));
    await registry.catchUp(ROOM);
    expect(feed.headSeq).toBe(2);
  });

  test('[G13] a room is forgotten with its last holder', async () => {
    await Promise.all([registry.hold(ROOM), registry.hold(ROOM)]);
    registry.letGo(ROOM);
    expect(registry.size).toBe(1);
    registry.letGo(ROOM);
    expect(registry.size).toBe(0);
    registry.publish(ROOM, [{ entry: entry(1), membership: undefined }]);
    registry.announce(ROOM, 1);
    expect(foreign.reads).toEqual([]);
  });
});
