import { expect, test } from '@jest/globals';
import type { RoomView } from '../../store/model.ts';
import { rankRooms } from './rank-rooms.ts';

// Only the name and what is unread matter here.
const room = (name: string, unread = 0): RoomView => ({ name, unread }) as RoomView;

test('[UX21] beginnings come before words before anything else', () => {
  const names = rankRooms([room('old news'), room('Sneww'), room('news')], 'new').map(
    ({ name }) => name,
  );
  expect(names).toEqual(['news', 'old news', 'Sneww']);
});

test('[UX21] without letters unread rooms come first', () => {
  expect(rankRooms([room('a'), room('b', 2)], ' ').map(({ name }) => name)).toEqual(['b', 'a']);
});
