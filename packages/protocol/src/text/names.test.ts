import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { nameKey } from './name-key.ts';
import { checkUsername, normalizeDisplayName, normalizeRoomName } from './names.ts';

const cp = (...points: number[]) => String.fromCodePoint(...points);

function outcome(name: string): string {
  const result = normalizeDisplayName(name);
  return result.ok ? `${result.name}|${result.key}` : result.code;
}

describe('[TXT2] [U1] a name of nothing visible is EMPTY', () => {
  const blanks: [string, string][] = [
    ['nothing', ''],
    ['spaces', '   \u00a0\u2003\u3000'],
    ['zero-width space', '\u200b'],
    ['zero-width joiner and non-joiner', '\u200c\u200d'],
    ['word joiner', '\u2060'],
    ['byte order mark', '\ufeff'],
    ['Mongolian vowel separator', '\u180e'],
    ['soft hyphen', '\u00ad'],
    ['Hangul filler', '\u3164'],
    ['halfwidth Hangul filler', '\uffa0'],
    ['braille blank', '\u2800'],
    ['tags', cp(0xe0041, 0xe007f)],
    ['a variation selector', '\ufe0f'],
  ];
  test.each(blanks)('[TXT2] %s', (_, name) => expect(outcome(name)).toBe('EMPTY'));
});

describe('[TXT1] [U2] [U3] a name is measured before it is normalised', () => {
  test.each([
    ['64 letters pass', 'a'.repeat(64), `${'a'.repeat(64)}|${'a'.repeat(64)}`],
    ['65 letters', 'a'.repeat(65), 'TOO_LONG'],
    ['65 emoji', '😀'.repeat(65), 'TOO_LONG'],
    ['60,000 combining marks', `a${'\u0301'.repeat(60_000)}`, 'TOO_LONG'],
    ['a ligature that grows eighteenfold', '\ufdfa'.repeat(65), 'TOO_LONG'],
  ])('[TXT1] %s', (_, name, expected) => expect(outcome(name)).toBe(expected));

  test('[TXT1] 64 emoji are 64 code points', () => {
    expect(normalizeDisplayName('😀'.repeat(64)).ok).toBe(true);
  });

  test('[TXT1] 8 combining marks in a row pass, 9 do not', () => {
    expect(normalizeDisplayName(`x${'\u0323'.repeat(8)}`).ok).toBe(true);
    expect(outcome(`x${'\u0323'.repeat(9)}`)).toBe('BAD_TEXT');
  });

  test('[TXT1] a room name has 80 code points', () => {
    expect(normalizeRoomName('r'.repeat(80)).ok).toBe(true);
    expect(normalizeRoomName('r'.repeat(81))).toEqual({ ok: false, code: 'TOO_LONG' });
  });
});

describe('[TXT3] [U9] [U11] [U12] [U13] a name holds nothing that cannot be seen', () => {
  const refused: [string, string][] = [
    ['newline', 'a\nb'],
    ['tab', 'a\tb'],
    ['NUL', 'a\0b'],
    ['escape', 'a\u001b[2J'],
    ['DEL', 'a\u007f'],
    ['C1', 'a\u009bb'],
    ['NEL', 'a\u0085b'],
    ['line separator', 'a\u2028b'],
    ['right-to-left override', 'a\u202egnp.exe'],
    ['isolate', 'a\u2066b'],
    ['Arabic letter mark', 'a\u061cb'],
    ['left-to-right mark', 'a\u200eb'],
    ['a lone surrogate', 'a\ud800'],
  ];
  test.each(refused)('[TXT3] %s is refused', (_, name) => expect(outcome(name)).toBe('BAD_TEXT'));

  const cleaned: [string, string, string][] = [
    ['zero-width space', 'An\u200bn', 'Ann'],
    ['soft hyphen', 'An\u00adn', 'Ann'],
    ['tags', `Ann${cp(0xe0041, 0xe0042)}`, 'Ann'],
    ['noncharacters', 'A\ufdd0n\ufffen', 'Ann'],
    ['a stray joiner', 'An\u200dn', 'Ann'],
    ['spaces around and between', '  Ann \u00a0 Lee ', 'Ann Lee'],
  ];
  test.each(cleaned)('[TXT3] %s: removed', (_, name, expected) => {
    expect(normalizeDisplayName(name)).toMatchObject({ ok: true, name: expected });
  });

  const kept = [
    '👨‍👩‍👧‍👦',
    '🏳️‍🌈',
    '👩🏽‍🚀',
    '🇩🇪',
    '1️⃣',
    '李小龍',
    'สมชาย',
    'محمد',
    'דוד',
    'Жанна',
    'Ελένη',
    'می‌خواهم',
  ];
  test.each(kept)('[TXT3] %s stays as it is', (name) => {
    expect(normalizeDisplayName(name)).toMatchObject({ ok: true, name: name.normalize('NFC') });
  });

  test('[TXT3] a decomposed letter is composed', () => {
    expect(normalizeDisplayName('Jose\u0301')).toMatchObject({ name: 'José', key: 'josé' });
  });
});

describe('[TXT4] [U6] [U7] names that look alike have one key', () => {
  const alike: [string, string][] = [
    ['case', 'ANN'],
    ['full width', 'Ａｎｎ'],
    ['zero-width space', 'A\u200bnn'],
  ];
  test.each(alike)('[TXT4] %s', (_, name) => expect(nameKey(name)).toBe('ann'));

  const pairs: [string, string][] = [
    ['admin', 'аdmin'],
    ['admin', 'ɑdmin'],
    ['admin', 'admın'],
    ['admin', 'ADMİN'],
    ['strasse', 'Straße'],
    ['fish', 'ﬁsh'],
    ['jose\u0301', 'José'],
    ['paypal', 'рауραӏ'],
    ['οδοσ', 'ΟΔΟΣ'],
    ['i', 'İ'],
    ['strasse', 'STRAẞE'],
    ['á', 'а\u0301'],
  ];
  test.each(pairs)('[TXT4] %s and %s', (one, other) => expect(nameKey(one)).toBe(nameKey(other)));

  test.each([
    ['ann', 'anne'],
    ['jose', 'josé'],
    ['Ann Lee', 'AnnLee'],
    ['user1', 'userl'],
  ])('[TXT4] %s and %s stay two names', (one, other) =>
    expect(nameKey(one)).not.toBe(nameKey(other)),
  );

  test.each(['Kаte', 'Аnn', 'Paulο', 'Сергей Smith'])('[TXT4] %s mixes alphabets', (name) =>
    expect(outcome(name)).toBe('NAME_CONFUSABLE'),
  );

  test.each(['田中 Ken', 'Ken 😀', 'Зоя 2', '김 Lee'])(
    '[TXT4] %s mixes nothing that is alike',
    (name) => expect(normalizeDisplayName(name).ok).toBe(true),
  );
});

describe('[TXT5] [U8] names that speak for the system are reserved', () => {
  const reserved = [
    'admin',
    'ADMIN',
    'аdmin',
    'admın',
    'ａｄｍｉｎ',
    'a\u200bdmin',
    'System',
    'everyone',
    'here',
    'null',
    '__proto__',
    'CON',
    '.',
    '..',
    'NaN',
  ];
  test.each(reserved)('[TXT5] %s', (name) => expect(outcome(name)).toBe('NAME_RESERVED'));

  test('[TXT5] a room may be called support', () => {
    expect(normalizeRoomName('support').ok).toBe(true);
  });
});

test('[TXT3] [TXT4] a name that passed passes again unchanged, and its key is the key of its key', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({
      unit: fc.constantFrom(
        ...Array.from('aАаİiıßﬁée'),
        '\u0301',
        '\u0307',
        '\u200d',
        '\u200c',
        '\ufe0f',
        ' ',
        '👩',
        '\u{e0041}',
        'س',
      ),
      maxLength: 8,
    }),
  );
  fc.assert(
    fc.property(anything, (name) => {
      const once = normalizeDisplayName(name);
      if (!once.ok) return;
      expect(normalizeDisplayName(once.name)).toEqual(once);
      expect(nameKey(once.key)).toBe(once.key);
      expect(once.name.isWellFormed()).toBe(true);
    }),
    { seed: 5, numRuns: 3_000 },
  );
});

describe('user names', () => {
  test.each([
    ['ann', true],
    ['a.b-c_9', true],
    ['0ann', true],
    ['ab', 'BAD_TEXT'],
    ['', 'EMPTY'],
    ['Ann', 'BAD_TEXT'],
    ['.ann', 'BAD_TEXT'],
    ['änn', 'BAD_TEXT'],
    ['a'.repeat(33), 'TOO_LONG'],
    ['root', 'NAME_RESERVED'],
  ])('%s: %s', (username, expected) => {
    const result = checkUsername(username);
    expect(result.ok || result.code).toBe(expected);
  });
});
