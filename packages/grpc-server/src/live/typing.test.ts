import { expect, test } from '@jest/globals';
import type { RoomId, UserId } from '@chat/protocol';
import { createManualTime } from './manual-timers.ts';
import { TypingGate } from './typing.ts';

const ROOM = 'r' as RoomId;
const ANNA = 'anna' as UserId;

test('[EPH1] one word in 3 s for a user and room; stopped passes once, and only after typing', () => {
  const time = createManualTime();
  const gate = new TypingGate(time);
  expect(gate.pass(ANNA, ROOM, false)).toBe(false);
  expect(gate.pass(ANNA, ROOM, true)).toBe(true);
  time.advance(2_999);
  expect(gate.pass(ANNA, ROOM, true)).toBe(false);
  expect(gate.pass(ANNA, 'other' as RoomId, true)).toBe(true);
  time.advance(1);
  expect(gate.pass(ANNA, ROOM, true)).toBe(true);
  expect(gate.pass(ANNA, ROOM, false)).toBe(true);
  expect(gate.pass(ANNA, ROOM, false)).toBe(false);
});
