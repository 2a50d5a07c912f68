import { expect, test } from '@jest/globals';
import { codePoints, shouldSend } from './composer-rules.ts';

const key = { key: 'Enter', shiftKey: false, altKey: false, isComposing: false, keyCode: 13 };

test('[UX12] Enter sends', () => {
  expect(shouldSend(key)).toBe(true);
});

test.each([{ shiftKey: true }, { isComposing: true }, { keyCode: 229 }, { key: 'a' }])(
  '[UX12] %j does not send',
  (change) => {
    expect(shouldSend({ ...key, ...change })).toBe(false);
  },
);

test('length is counted in code points, as the server does', () => {
  expect(codePoints('aé👍🏽')).toBe(4);
});
