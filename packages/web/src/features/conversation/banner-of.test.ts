import { expect, test } from '@jest/globals';
import { bannerOf } from './banner-of.ts';

const waiting = { kind: 'waiting', sinceMs: 0, retryAtMs: 5_000 } as const;

test('[UX4] the first second of a break says nothing', () => {
  expect(bannerOf(waiting, 0, 999)).toBeUndefined();
});

test('[UX4] then the next attempt is counted down', () => {
  expect(bannerOf(waiting, 0, 1_500)).toEqual({ kind: 'broken', seconds: 4, long: false });
  expect(bannerOf({ kind: 'connecting' }, 0, 1_500)).toEqual({
    kind: 'broken',
    seconds: 0,
    long: false,
  });
});

test('[UX4] after a minute it says what still works', () => {
  expect(bannerOf(waiting, 0, 60_000)).toMatchObject({ long: true });
});

test('[UX4] a connection that stands says nothing, one that ended says so at once', () => {
  expect(bannerOf({ kind: 'online' }, undefined, 9_999)).toBeUndefined();
  expect(bannerOf({ kind: 'ended', code: 'UNAVAILABLE' }, undefined, 0)).toEqual({
    kind: 'ended',
    code: 'UNAVAILABLE',
  });
});
