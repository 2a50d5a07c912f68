import { describe, expect, test } from '@jest/globals';
import { ChatResponse, Entry } from '@chat/protocol';
import { createSeededRandom } from '@chat/testing';
import { createManualClock } from '../ports/manual-clock.ts';
import { ChatLane, DEFAULT_LANE_LIMITS, type RoomCursor } from './chat-lane.ts';
import { createMemoryEdgeCall, type MemoryEdgeCall } from './memory-edge-call.ts';
import { createRoomFanout } from './room-fanout.ts';

function entries(roomId: string, firstSeq: number, count = 1) {
  const list = Array.from({ length: count }, (_, i) =>
    Entry.fromPartial({ seq: BigInt(firstSeq + i) }),
  );
  const event = { $case: 'roomEntries' as const, value: { roomId, entries: list } };
  const lastSeq = firstSeq + count - 1;
  return { firstSeq, lastSeq, event: ChatResponse.encode({ event }).finish() };
}

function seqsSent(call: MemoryEdgeCall, roomId: string): number[] {
  return call.sent.flatMap(({ bytes }) => {
    const { event } = ChatResponse.decode(bytes);
    if (event?.$case !== 'roomEntries' || event.value.roomId !== roomId) return [];
    return event.value.entries.map(({ seq }) => Number(seq));
  });
}

function setUp() {
  const clock = createManualClock();
  const gaps: RoomCursor[] = [];
  let framesBuilt = 0;
  const fanout = createRoomFanout({
    soon: (task) => clock.soon(task),
    onGap: (cursor) => gaps.push(cursor),
    buildFrame(_codec, _callId, event) {
      framesBuilt += 1;
      return Buffer.from(event);
    },
  });
  let handle = 0;
  const member = (roomId: string, afterSeq: number, call = createMemoryEdgeCall()) => {
    const lane = new ChatLane(call, (handle += 1), DEFAULT_LANE_LIMITS, {
      roomLagging: (cursor) => fanout.leave(cursor),
      overflowed: () => undefined,
    });
    const cursor = lane.openRoom(roomId, afterSeq, 'epoch');
    fanout.join(cursor, afterSeq);
    return { call, lane, cursor };
  };
  return { clock, fanout, gaps, member, framesBuilt: () => framesBuilt };
}

describe('room fan-out', () => {
  test('a tick costs one frame for each codec and call, and one send for each member', () => {
    const { clock, fanout, member, framesBuilt } = setUp();
    const binary = Array.from({ length: 50 }, () => member('r', 0));
    const json = member('r', 0, createMemoryEdgeCall('json'));
    const otherCall = member('r', 0, createMemoryEdgeCall('proto', 7));
    for (let seq = 1; seq <= 10; seq++) fanout.pushBatch('r', entries('r', seq));
    clock.flush();
    expect(framesBuilt()).toBe(3);
    for (const { call } of [...binary, json, otherCall]) {
      expect(call.sent).toHaveLength(1);
      expect(seqsSent(call, 'r')).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    }
    expect(binary[0]!.call.sent[0]!.bytes).toBe(binary[49]!.call.sent[0]!.bytes);
  });

  test('[G10] what stands behind a leave never reaches the one who left, what stands before does', () => {
    const { clock, fanout, member } = setUp();
    const kicked = member('r', 0);
    const stays = member('r', 0);
    fanout.pushBatch('r', entries('r', 1));
    fanout.leave(kicked.cursor);
    fanout.pushBatch('r', entries('r', 2));
    clock.flush();
    expect(seqsSent(kicked.call, 'r')).toEqual([1]);
    expect(seqsSent(stays.call, 'r')).toEqual([1, 2]);
  });

  test('[G7] a batch that was delivered before is dropped, a gap is reported and nothing is skipped', () => {
    const { clock, fanout, member, gaps } = setUp();
    const ahead = member('r', 5);
    const behind = member('r', 2);
    fanout.pushBatch('r', entries('r', 4, 2));
    clock.flush();
    expect(seqsSent(ahead.call, 'r')).toEqual([]);
    expect(gaps).toEqual([behind.cursor]);
    expect(behind.cursor.seq).toBe(2);
    fanout.pushBatch('r', entries('r', 6));
    clock.flush();
    expect(seqsSent(ahead.call, 'r')).toEqual([6]);
    expect(seqsSent(behind.call, 'r')).toEqual([]);
  });

  test('[G22] of several signals with one key the newest is sent, and not to the one it is about', () => {
    const { clock, fanout, member } = setUp();
    const typist = member('r', 0);
    const reader = member('r', 0);
    const exceptHandle = typist.lane.handle;
    fanout.pushSignal('r', { key: 'typing/a', event: Uint8Array.of(1), exceptHandle });
    fanout.pushSignal('r', { key: 'typing/a', event: Uint8Array.of(2), exceptHandle });
    clock.flush();
    expect(typist.call.sent).toEqual([]);
    expect(reader.call.sent.map(({ bytes }) => bytes[0])).toEqual([2]);
    expect(reader.call.sent[0]).toMatchObject({ ephemeral: true, key: 'r/typing/a' });
  });

  test('a room without members is forgotten', () => {
    const { fanout, member } = setUp();
    const { cursor } = member('r', 0);
    expect(fanout.roomCount).toBe(1);
    fanout.leave(cursor);
    expect(fanout.roomCount).toBe(0);
  });

  test.each([1, 2, 3, 20, 77])(
    '[G6] seed %i: whoever comes and goes, each member gets exactly its interval, once and in order',
    (seed) => {
      const random = createSeededRandom(seed);
      const pick = (n: number) => random.int(n);
      const { clock, fanout, member, gaps } = setUp();
      const heads = new Map(['a', 'b', 'c'].map((roomId) => [roomId, 0]));
      const all: { m: ReturnType<typeof member>; roomId: string; from: number; to?: number }[] = [];
      for (let step = 0; step < 600; step++) {
        const roomId = ['a', 'b', 'c'][pick(3)]!;
        const head = heads.get(roomId)!;
        const action = pick(10);
        if (action < 2) all.push({ m: member(roomId, head), roomId, from: head });
        else if (action < 3) {
          const present = all.filter((one) => one.roomId === roomId && one.to === undefined);
          const leaver = present[pick(present.length)];
          if (leaver === undefined) continue;
          fanout.leave(leaver.m.cursor);
          leaver.to = head;
        } else if (action < 9) {
          const count = 1 + pick(4);
          fanout.pushBatch(roomId, entries(roomId, head + 1, count));
          heads.set(roomId, head + count);
        } else clock.flush();
      }
      clock.flush();
      expect(gaps).toEqual([]);
      expect(all.length).toBeGreaterThan(50);
      for (const { m, roomId, from, to } of all) {
        const last = to ?? heads.get(roomId)!;
        const expected = Array.from({ length: last - from }, (_, i) => from + 1 + i);
        expect(seqsSent(m.call, roomId)).toEqual(expected);
      }
    },
  );
});
