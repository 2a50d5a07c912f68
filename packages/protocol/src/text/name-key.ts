import { BIDI, BLANKS, JOINERS, NONCHARACTERS, TAGS } from './invisible.ts';

const EVERY_BIDI = new RegExp(BIDI, 'gu');

// Letters that are drawn like a Latin one, after case folding. Two alphabets share them so fully that a
// reader cannot tell; letters that only resemble a Latin capital are here because names are shown in any case.
const LOOKALIKES: Readonly<Record<string, string>> = {
  // Cyrillic
  а: 'a',
  в: 'b',
  с: 'c',
  ԁ: 'd',
  е: 'e',
  ё: 'ë',
  һ: 'h',
  н: 'h',
  і: 'i',
  ї: 'ï',
  ј: 'j',
  к: 'k',
  ӏ: 'l',
  м: 'm',
  о: 'o',
  р: 'p',
  ԛ: 'q',
  ѕ: 's',
  т: 't',
  у: 'y',
  ү: 'y',
  ѵ: 'v',
  ԝ: 'w',
  х: 'x',
  // Greek
  α: 'a',
  β: 'b',
  γ: 'y',
  ε: 'e',
  ζ: 'z',
  η: 'n',
  ι: 'i',
  κ: 'k',
  μ: 'u',
  ν: 'v',
  ο: 'o',
  ρ: 'p',
  τ: 't',
  υ: 'u',
  χ: 'x',
  ω: 'w',
  ϲ: 'c',
  ϳ: 'j',
  // Latin letters beside the alphabet
  ı: 'i',
  ɩ: 'i',
  ɑ: 'a',
  ɡ: 'g',
  ł: 'l',
  ø: 'o',
  ꞵ: 'b',
  ƅ: 'b',
  ɛ: 'e',
  ɪ: 'i',
  ʏ: 'y',
};

/**
 * The form under which names are compared: two names with the same key look alike to a person.
 * NFKC, case folded, without invisible characters, look-alike letters of Cyrillic and Greek as Latin ones.
 * Give it checked names only: normalising costs time that grows with the square of a hostile text.
 */
export function nameKey(name: string): string {
  const visible = name
    .replace(BLANKS, '')
    .replace(JOINERS, '')
    .replace(TAGS, '')
    .replace(NONCHARACTERS, '')
    .replace(EVERY_BIDI, '')
    .replace(/[\ufe00-\ufe0f]/gu, '');
  const folded = caseFold(visible.normalize('NFKC')).normalize('NFKC');
  let key = '';
  for (const letter of folded) key += LOOKALIKES[letter] ?? letter;
  // A look-alike letter may now compose with the mark behind it.
  return key.normalize('NFC').replace(/\s+/gu, ' ').trim();
}

/** Unicode case folding, near enough: by way of upper case, so that ẞ, ß and ss, ﬁ and fi, ı and i meet. */
function caseFold(text: string): string {
  return text
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replace(/ς/gu, 'σ')
    .replace(/i\u0307+/gu, 'i');
}
