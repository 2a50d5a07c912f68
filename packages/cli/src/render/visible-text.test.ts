import { expect, test } from '@jest/globals';
import { visibleJson, visibleLine, visibleText } from './visible-text.ts';

const ATTACKS: readonly (readonly [name: string, text: string, shown: string])[] = [
  ['clear screen', '\x1b[2J', '\\x1b[2J'],
  ['clipboard write (OSC 52)', '\x1b]52;c;aGk=\x07', '\\x1b]52;c;aGk=\\x07'],
  ['link (OSC 8)', '\x1b]8;;http://evil\x1b\\x', '\\x1b]8;;http://evil\\x1b\\x'],
  ['title (OSC 0)', '\x1b]0;root\x07', '\\x1b]0;root\\x07'],
  ['device control string', '\x1bP$qm\x1b\\', '\\x1bP$qm\\x1b\\'],
  ['carriage return over the name', 'hi\r[12:00:00] Admin: pay', 'hi\\x0d[12:00:00] Admin: pay'],
  ['C1 CSI', '\x9b31m', '\\x9b31m'],
  ['tmux passthrough', '\x1bPtmux;\x1b\x1b[2J\x1b\\', '\\x1bPtmux;\\x1b\\x1b[2J\\x1b\\'],
  ['right-to-left override', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
  ['isolate', '\u2067x\u2069', '\\u2067x\\u2069'],
  ['backspaces', 'Bob\b\b\bEve', 'Bob\\x08\\x08\\x08Eve'],
  ['null and delete', '\0\x7f', '\\x00\\x7f'],
  ['bell', '\x07', '\\x07'],
  ['zero width space and byte order mark', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
  ['tag characters', '\u{e0041}', '\\u{e0041}'],
  ['lone surrogate', '\ud800', '\\ud800'],
  ['noncharacter', '\uffff', '\\uffff'],
];

test.each(ATTACKS)('[U14] %s is printed as visible escapes', (_name, text, shown) => {
  expect(visibleText(text)).toBe(shown);
});

test.each(ATTACKS)('[U14] %s is escaped in JSON without changing the value', (_name, text) => {
  const json = visibleJson({ text });
  // eslint-disable-next-line no-control-regex -- this is about controls
  expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u202e\u2067\ufeff]/u);
  expect(JSON.parse(json)).toEqual({ text });
});

test('[U14] ordinary text of any script is untouched', () => {
  for (const text of ['Grüße', 'שלום', '日本語', '👩‍👩‍👧‍👦', '🏳️‍🌈', 'नमस्ते', 'می‌خواهم', 'e\u0301']) {
    expect(visibleText(text)).toBe(text);
    expect(visibleJson(text)).toBe(JSON.stringify(text));
  }
});

test('a tab becomes spaces, a line break stays in text and is shown in a line', () => {
  expect(visibleText('a\tb\r\nc')).toBe('a    b\nc');
  expect(visibleLine('a\nb')).toBe('a\\nb');
});
