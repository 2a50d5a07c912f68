import { expect, test } from '@jest/globals';
import {
  CLIENT_MESSAGE_ID_PATTERN,
  parseRoomId,
  parseSeq,
  parseSessionId,
  parseUserId,
  toWireSeq,
} from './ids.ts';
import { fromTimestamp, toTimestamp } from './timestamps.ts';

test('ids are short words of a closed alphabet', () => {
  for (const parse of [parseRoomId, parseUserId, parseSessionId]) {
    expect(parse('r_Az09-')).toBe('r_Az09-');
    for (const wrong of ['', '../x', 'a b', 'ü', 'x'.repeat(65), 'a\n'])
      expect(parse(wrong)).toBeUndefined();
  }
});

test('client message ids have 8 to 64 symbols', () => {
  expect(['a'.repeat(8), 'a'.repeat(64)].every((id) => CLIENT_MESSAGE_ID_PATTERN.test(id))).toBe(
    true,
  );
  for (const wrong of ['', 'a'.repeat(7), 'a'.repeat(65), '../../../x', 'abcdefg\n', 'äbcdefgh']) {
    expect(CLIENT_MESSAGE_ID_PATTERN.test(wrong)).toBe(false);
  }
});

test('a seq is a safe whole number', () => {
  expect([0n, 1n, 9_007_199_254_740_991n].map(parseSeq)).toEqual([0, 1, Number.MAX_SAFE_INTEGER]);
  expect([-1n, 9_007_199_254_740_992n, 18_446_744_073_709_551_615n].map(parseSeq)).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(toWireSeq(42)).toBe(42n);
  expect(() => toWireSeq(1.5)).toThrow(RangeError);
});

test('times keep their millisecond, also before 1970', () => {
  for (const ms of [0, 1, 999, 1_767_323_045_678, -1, -1_001]) {
    const timestamp = toTimestamp(ms);
    expect(timestamp.nanos).toBeGreaterThanOrEqual(0);
    expect(fromTimestamp(timestamp)).toBe(ms);
  }
  expect(toTimestamp(1_500)).toEqual({ seconds: 1n, nanos: 500_000_000 });
  expect(fromTimestamp(undefined)).toBe(0);
});
