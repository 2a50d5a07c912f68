import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { utf8Length } from './code-points.ts';
import { checkFreeText, checkMessageText, isolateBidi } from './message-text.ts';
import { CODE_ALPHABET, normalizeCode } from './room-code.ts';

const SCOTLAND = '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}';

function outcome(text: string): string {
  const result = checkMessageText(text);
  return result.ok ? result.text : result.code;
}

describe('[TXT1] [U2] [U4] message text has two limits', () => {
  test('[TXT1] 4,000 code points pass, 4,001 do not', () => {
    expect(checkMessageText('a'.repeat(4_000)).ok).toBe(true);
    expect(outcome('a'.repeat(4_001))).toBe('TOO_LONG');
    expect(checkMessageText('😀'.repeat(4_000)).ok).toBe(true);
    expect(outcome('😀'.repeat(4_001))).toBe('TOO_LONG');
  });

  test('[TXT1] a long text is refused without being read to its end', () => {
    const started = performance.now();
    expect(outcome('\u0301'.repeat(10_000_000))).toBe('TOO_LONG');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('[TXT1] free text has its own limit and may be empty', () => {
    expect(checkFreeText('', 250)).toEqual({ ok: true, text: '' });
    expect(checkFreeText(' ', 250)).toEqual({ ok: true, text: '' });
    expect(checkFreeText('t'.repeat(251), 250)).toEqual({ ok: false, code: 'TOO_LONG' });
  });

  test('bytes are counted as UTF-8 counts them', () => {
    for (const text of ['', 'a', 'é', '€', '😀', 'a€😀é', '\u07ff\u0800\uffff']) {
      expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
    }
  });
});

describe('[TXT2] [U1] a message of nothing visible is EMPTY', () => {
  test.each(['', ' \n\t ', '\u200b', '\u3164\u2800', '\u202e', '\u{e0041}', '\u0007'])(
    '[TXT2] %j',
    (text) => expect(outcome(text)).toBe('EMPTY'),
  );
});

describe('[TXT6] [U9] [U11] [U12] [U13] [U16] message text', () => {
  const cases: [string, string, string][] = [
    ['keeps newline and tab', 'a\n\tb', 'a\n\tb'],
    ['makes line ends one', 'a\r\nb\rc\u0085d\u2028e', 'a\nb\nc\nd\ne'],
    ['drops terminal escapes', 'a\u001b[2Jb\u009bc', 'a[2Jbc'],
    ['drops hidden tags', 'a\u{e0068}\u{e0069}b', 'ab'],
    ['drops noncharacters', 'a\ufdd0\uffffb', 'ab'],
    ['keeps a flag made of tags', SCOTLAND, SCOTLAND],
    ['keeps families, skins and keycaps', '👨‍👩‍👧‍👦👩🏽‍🚀1️⃣🇩🇪', '👨‍👩‍👧‍👦👩🏽‍🚀1️⃣🇩🇪'],
    ['keeps direction controls', 'a\u202eb', 'a\u202eb'],
    ['keeps decomposed letters', 'e\u0301', 'e\u0301'],
    ['keeps private use', '\ue000', '\ue000'],
    ['keeps markup as text', '<script>alert(1)</script>', '<script>alert(1)</script>'],
    ['refuses NUL', 'a\0b', 'BAD_TEXT'],
    ['refuses a lone surrogate', 'a\ud800', 'BAD_TEXT'],
    ['refuses a swapped pair', '\udc00\ud800', 'BAD_TEXT'],
  ];
  test.each(cases)('[TXT6] %s', (_, text, expected) => expect(outcome(text)).toBe(expected));

  test('[TXT6] a checked text passes again unchanged', () => {
    for (const [, text] of cases) {
      const once = checkMessageText(text);
      if (once.ok) expect(checkMessageText(once.text)).toEqual(once);
    }
  });
});

test('[TXT6] any text that passed passes again unchanged', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(
        '\r',
        '\n',
        '\u{1f3f4}',
        '\u{e0067}',
        '\u{e007f}',
        '\u0000',
        '\u001b',
        'a',
        '\ufdd0',
        '\u202e',
        '\ud83d',
      ),
    }),
  );
  fc.assert(
    fc.property(text, (text) => {
      const once = checkMessageText(text);
      if (once.ok) expect(checkMessageText(once.text)).toEqual(once);
    }),
    { seed: 9, numRuns: 5_000 },
  );
});

describe('bidi isolation for renderers', () => {
  test.each([
    ['plain text stays', 'abc', 'abc'],
    ['an override is closed', 'a\u202eb', '\u2068a\u202eb\u202c\u2069'],
    ['each line is closed', 'a\u202eb\nc', '\u2068a\u202eb\u202c\u2069\n\u2068c\u2069'],
    ['a close without open is dropped', '\u2069\u202ca', '\u2068a\u2069'],
    ['right-to-left letters are isolated', 'שלום', '\u2068שלום\u2069'],
  ])('%s', (_, text, expected) => expect(isolateBidi(text)).toBe(expected));
});

describe('[TXT7] short codes', () => {
  test.each([
    ['7K3PQ0XM', '7K3PQ0XM'],
    ['7k3p-q0xm', '7K3PQ0XM'],
    [' 7k3p q0xm ', '7K3PQ0XM'],
    ['7K3PQOXM', '7K3PQ0XM'],
    ['iLiLiLoO', '11111100'],
    ['7K3PQ0X', undefined],
    ['7K3PQ0XMM', undefined],
    ['7K3PQUXM', undefined],
    ['', undefined],
    ['x'.repeat(100), undefined],
  ])('[TXT7] %s is read as %s', (input, expected) => expect(normalizeCode(input)).toBe(expected));

  test('[TXT7] the alphabet has 32 symbols that are not mistaken for each other', () => {
    expect(new Set(CODE_ALPHABET).size).toBe(32);
    expect(CODE_ALPHABET).not.toMatch(/[ILOU]/);
  });
});
