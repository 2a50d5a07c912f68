import { expect, test } from '@jest/globals';
import { keepsPlace } from './keep-place.ts';

const row = { key: 'a', index: 0, start: 100, end: 150, size: 50, lane: 0 };
const measured = new Map([['a', 50]]);

test('[UX6] a row above what is read moves nothing, whichever way one scrolls', () => {
  expect(keepsPlace(row, { itemSizeCache: measured, scrollOffset: 150 })).toBe(true);
});

test('[UX6] a row that is being read grows downwards', () => {
  expect(keepsPlace(row, { itemSizeCache: measured, scrollOffset: 120 })).toBe(false);
});

test('[UX6] a row measured for the first time makes good for its estimate', () => {
  expect(keepsPlace(row, { itemSizeCache: new Map(), scrollOffset: 120 })).toBe(true);
  expect(keepsPlace(row, { itemSizeCache: new Map(), scrollOffset: 100 })).toBe(false);
});
