import { expect, test } from '@jest/globals';
import { callTimeoutMs } from './deadline.ts';

const method = (requestStream: boolean, responseStream: boolean) => ({
  path: 'a.B/C',
  requestStream,
  responseStream,
  requestType: 'a.D',
  responseType: 'a.E',
  maxFrameBytes: 65_536,
});

test.each([
  [false, false, 0, 30_000],
  [false, false, 1, 1],
  [false, false, 300_000, 300_000],
  [false, false, 300_001, 300_000],
  [true, false, 0, undefined],
  [false, true, 0, undefined],
  [true, true, 0, undefined],
  [true, true, 5, 5],
  [false, true, 86_400_001, 86_400_000],
])('[CALL8] streams %s/%s, timeout %s: %s', (requestStream, responseStream, asked, given) => {
  expect(callTimeoutMs(method(requestStream, responseStream), asked)).toBe(given);
});
