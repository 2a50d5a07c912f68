import { expect, test } from '@jest/globals';
import { parseCodeInput, spellCode } from './code-input.ts';

test.each([
  ['k7f3qx', 'K7F3QX'],
  [' k7f 3qx ', 'K7F3QX'],
  ['K7F-3QX', 'K7F3QX'],
  ['k7f–3qx', 'K7F3QX'],
  ['http://localhost:8080/j/k7f3qx', 'K7F3QX'],
  ['https://chat.example.org/j/K7F3QX?from=mail#top', 'K7F3QX'],
  ['chat.example.org/j/K7F3QX/', 'K7F3QX'],
  ['https://chat.example.org/j/abcDEF_ghi-jklMNO123', 'abcDEF_ghi-jklMNO123'],
  ['', ''],
  ['  - ', ''],
])('[UX2] %j means the code %j', (typed, code) => {
  expect(parseCodeInput(typed)).toBe(code);
});

test.each([
  ['K7F3QX', 'K7F 3QX'],
  ['K7F3QXM9', 'K7F3 QXM9'],
  ['AB', 'AB'],
])('[UX2] %s is spelled %s', (code, spelled) => {
  expect(spellCode(code)).toBe(spelled);
});
