import { expect, test } from '@jest/globals';
import { EMPTY_TIMELINE, type RoomView } from './model.ts';
import { INITIAL_STATE, reduce, unreadTotal } from './state.ts';

const me = { id: 'u1', name: 'Ana', username: '', guest: true };
const room: RoomView = {
  id: 'r1',
  kind: 'public',
  name: 'welcome',
  topic: '',
  code: 'K7F3QX',
  hasPassword: false,
  guestsAllowed: true,
  archived: false,
  memberCount: 1,
  role: 'member',
  unread: 2,
  mentions: 0,
  readSeq: 0,
  headSeq: 2,
  directUserId: '',
};

test('signing out leaves nothing of the person on the screen', () => {
  let state = reduce(INITIAL_STATE, { kind: 'signed-in', me });
  state = reduce(state, { kind: 'rooms', rooms: [room] });
  state = reduce(state, { kind: 'timeline', roomId: 'r1', timeline: EMPTY_TIMELINE });
  state = reduce(state, { kind: 'signed-out', code: 'TOKEN_EXPIRED' });
  expect(state).toEqual({
    ...INITIAL_STATE,
    session: { kind: 'signed-out', code: 'TOKEN_EXPIRED' },
  });
});

test('a closed room goes with its messages and typists', () => {
  let state = reduce(INITIAL_STATE, { kind: 'rooms', rooms: [room] });
  state = reduce(state, { kind: 'timeline', roomId: 'r1', timeline: EMPTY_TIMELINE });
  state = reduce(state, { kind: 'typing', roomId: 'r1', typists: [{ userId: 'u2', name: 'Bo' }] });
  state = reduce(state, { kind: 'room-closed', roomId: 'r1', reason: 'kicked' });
  expect([state.rooms, state.timelines, state.typing]).toEqual([[], {}, {}]);
});

test('what is unread adds up over the rooms', () => {
  expect(unreadTotal([room, { ...room, id: 'r2', unread: 3 }])).toBe(5);
});
