import { expect, test } from '@jest/globals';
import { ChatResponse } from '@chat/protocol';
import { ChatLane, type RoomCursor } from './chat-lane.ts';
import { createMemoryEdgeCall } from './memory-edge-call.ts';
import { shareFrames } from './room-frames.ts';

const LIMITS = { maxRoomBytes: 40, maxBytes: 100, maxFrames: 50 };

function setUp() {
  const call = createMemoryEdgeCall();
  const lagging: RoomCursor[] = [];
  let overflows = 0;
  const lane = new ChatLane(call, 1, LIMITS, {
    roomLagging: (cursor) => lagging.push(cursor),
    overflowed: () => void (overflows += 1),
  });
  const frames = (text: string) =>
    shareFrames(Buffer.from(text), (_codec, _callId, event) => Buffer.from(event));
  const texts = () => call.sent.map(({ bytes }) => Buffer.from(bytes).toString());
  return { call, lane, lagging, overflows: () => overflows, frames, texts };
}

test('[G7] what the client cannot take now is held in order and goes out when it can', () => {
  const { call, lane, frames, texts } = setUp();
  const room = lane.openRoom('r', 0, 'e');
  call.answer = 'blocked';
  lane.sendEntries(room, frames('one'), 1);
  lane.sendEvent(Buffer.from('done'), undefined);
  call.answer = 'queued';
  lane.sendEntries(room, frames('two'), 2); // must not overtake
  expect(texts()).toEqual([]);
  lane.drain();
  expect(texts()).toEqual(['one', 'done', 'two']);
  expect(lane.heldFrames).toBe(0);
});

test('[G13] [OUT2] a room that overflows is stopped and told once; other rooms go on', () => {
  const { call, lane, lagging, frames } = setUp();
  const hot = lane.openRoom('hot', 0, 'e');
  const calm = lane.openRoom('calm', 0, 'e');
  call.answer = 'full';
  for (let seq = 1; seq <= 9 && hot.state !== 'stopped'; seq++) {
    lane.sendEntries(hot, frames('0123456789'), seq);
  }
  lane.sendEntries(calm, frames('calm'), 1);
  expect(lagging).toEqual([hot]);
  expect(lane.cursors.has('hot')).toBe(false);
  call.answer = 'queued';
  lane.drain();
  const last = call.sent.slice(-2);
  expect(ChatResponse.decode(last[0]!.bytes).event).toMatchObject({
    $case: 'lagging',
    value: { roomId: 'hot' },
  });
  expect(Buffer.from(last[1]!.bytes).toString()).toBe('calm');
});

test('[G13] answers push entries out, and when even answers do not fit the stream is given up', () => {
  const { call, lane, lagging, overflows, frames } = setUp();
  const room = lane.openRoom('r', 0, 'e');
  call.answer = 'full';
  for (let seq = 1; seq <= 4; seq++) lane.sendEntries(room, frames('0123456789'), seq);
  for (let i = 0; i < 7; i++) lane.sendEvent(Buffer.from(`answer ${i}..`), undefined);
  expect(lagging).toEqual([room]);
  expect(overflows()).toBe(0);
  for (let i = 0; i < 7; i++) lane.sendEvent(Buffer.from(`answer ${i}..`), undefined);
  expect(overflows()).toBeGreaterThan(0);
});

test('[G22] signals are dropped while anything is held', () => {
  const { call, lane, frames, texts } = setUp();
  const room = lane.openRoom('r', 0, 'e');
  call.answer = 'blocked';
  lane.sendEntries(room, frames('one'), 1);
  call.answer = 'queued';
  lane.sendSignal(frames('typing'), 'k');
  lane.drain();
  expect(texts()).toEqual(['one']);
});
