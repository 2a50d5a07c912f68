import { expect, test } from '@jest/globals';
import type { ChatEvent } from '../chat/chat-event.ts';
import { createPalette, wantsColor } from './palette.ts';
import { renderEvent } from './render-event.ts';
import { renderJson } from './render-json.ts';

const bob = { id: 'u2', name: 'Bob' };
const alice = { id: 'u1', name: 'Alice' };
const at = { roomId: 'r1', seq: 7, timeMs: Date.UTC(2026, 0, 2, 3, 4, 5) };
const plain = { palette: createPalette(false), timeZone: 'UTC' };

const LINES: readonly (readonly [ChatEvent, string])[] = [
  [{ ...at, kind: 'message', from: bob, text: 'Hi', edited: false }, '[03:04:05] Bob: Hi'],
  [{ ...at, kind: 'message', from: bob, text: 'Hi', edited: true }, '[03:04:05] Bob: Hi (edited)'],
  [{ ...at, kind: 'joined', from: alice }, '[03:04:05] >>> Alice joined the room'],
  [{ ...at, kind: 'left', from: bob }, '[03:04:05] <<< Bob left the room'],
  [
    { ...at, kind: 'kicked', from: bob, by: alice, reason: 'spam' },
    '[03:04:05] <<< Bob was removed by Alice: spam',
  ],
  [
    { ...at, kind: 'banned', from: bob, by: alice, reason: '' },
    '[03:04:05] <<< Bob was banned by Alice',
  ],
  [{ ...at, kind: 'edited', from: bob, messageSeq: 3, text: 'Ho' }, '[03:04:05] Bob edited 3: Ho'],
  [
    { ...at, kind: 'deleted', from: bob, messageSeq: 3 },
    '[03:04:05] --- a message was deleted by Bob',
  ],
  [
    { ...at, kind: 'settings', from: bob, name: 'general', topic: 'all' },
    '[03:04:05] --- Bob set the room: general | all',
  ],
];

test.each(LINES)('an event is one line: %j', (event, line) => {
  expect(renderEvent(event, plain)).toBe(line);
});

test('[U14] a line break in a message cannot pass for another event', () => {
  const text = 'first\n[03:04:06] Alice: I owe Bob money\r\nlast';
  const lines = renderEvent(
    { ...at, kind: 'message', from: bob, text, edited: false },
    plain,
  ).split('\n');
  expect(lines).toEqual([
    '[03:04:05] Bob: first',
    '           [03:04:06] Alice: I owe Bob money',
    '           last',
  ]);
});

test('[U14] names, reasons and topics cannot control the terminal', () => {
  const evil = { id: 'u3', name: 'E\x1b[31mve\n' };
  for (const event of [
    { ...at, kind: 'joined', from: evil },
    { ...at, kind: 'kicked', from: evil, by: evil, reason: '\x1b]0;x\x07\n' },
    { ...at, kind: 'settings', from: evil, name: '\x1b[2J', topic: '\r\n' },
    { ...at, kind: 'deleted', from: evil, messageSeq: 1 },
  ] satisfies ChatEvent[]) {
    // eslint-disable-next-line no-control-regex -- this is about controls
    expect(renderEvent(event, plain)).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/u);
  }
});

test('a person has the same colour everywhere, and NO_COLOR takes colours away', () => {
  const palette = createPalette(true);
  expect(palette.name('u2', 'Bob')).toContain('Bob');
  expect(palette.name('u2', 'Bob')).not.toBe('Bob');
  expect(palette.name('u2', 'Bob')).toBe(createPalette(true).name('u2', 'Bob'));
  expect(wantsColor(true, {})).toBe(true);
  expect(wantsColor(false, {})).toBe(false);
  expect(wantsColor(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColor(true, { NO_COLOR: '' })).toBe(true);
  expect(wantsColor(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColor(true, { TERM: 'dumb' })).toBe(false);
});

test('JSON is one object on one line', () => {
  expect(
    renderJson({ ...at, kind: 'edited', from: bob, messageSeq: 3, text: 'a\nb' }, 'general'),
  ).toBe(
    '{"kind":"edited","room":"general","room_id":"r1","seq":7,"time":"2026-01-02T03:04:05.000Z",' +
      '"from":{"id":"u2","name":"Bob"},"message_seq":3,"text":"a\\nb"}',
  );
});
