import { LIMITS } from '../limits.ts';
import { isLongerThan } from './code-points.ts';
import { BIDI, BLANKS, CONTROLS, isBlank, NONCHARACTERS, TAGS } from './invisible.ts';
import { nameKey } from './name-key.ts';
import { isReservedName } from './reserved-names.ts';
import type { NameResult, TextResult } from './result.ts';

/** Login names of registered users. */
export const USERNAME_PATTERN = /^[a-z0-9][a-z0-9._-]{2,31}$/;

/**
 * The final form of a display name (NFC, single spaces, nothing invisible) and the key that must be unique.
 * EMPTY, TOO_LONG, BAD_TEXT, NAME_RESERVED, or NAME_CONFUSABLE when it mixes alphabets that look alike.
 */
export function normalizeDisplayName(name: string): NameResult {
  return normalizeName(name, LIMITS.maxDisplayNameCodePoints, true);
}

/** The same for the name of a room. Reserved words are allowed: nobody speaks as a room. */
export function normalizeRoomName(name: string): NameResult {
  return normalizeName(name, LIMITS.maxRoomNameCodePoints, false);
}

/** A login name: [a-z0-9._-]{3,32}, beginning with a letter or digit. EMPTY, TOO_LONG, BAD_TEXT or NAME_RESERVED. */
export function checkUsername(username: string): TextResult {
  if (username === '') return { ok: false, code: 'EMPTY' };
  if (username.length > 32) return { ok: false, code: 'TOO_LONG' };
  if (!USERNAME_PATTERN.test(username)) return { ok: false, code: 'BAD_TEXT' };
  if (isReservedName(nameKey(username))) return { ok: false, code: 'NAME_RESERVED' };
  return { ok: true, text: username };
}

function normalizeName(name: string, maxCodePoints: number, person: boolean): NameResult {
  // Before anything that costs more than linear time.
  if (isLongerThan(name, maxCodePoints)) return { ok: false, code: 'TOO_LONG' };
  if (!name.isWellFormed()) return { ok: false, code: 'BAD_TEXT' };
  if (isBlank(name)) return { ok: false, code: 'EMPTY' };
  if (CONTROLS.test(name) || BIDI.test(name)) return { ok: false, code: 'BAD_TEXT' };
  const clean = dropStrayJoiners(
    name.replace(TAGS, '').replace(NONCHARACTERS, '').replace(BLANKS, ''),
  )
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .trim();
  if (isLongerThan(clean, maxCodePoints)) return { ok: false, code: 'TOO_LONG' };
  if (TOO_MANY_MARKS.test(clean.normalize('NFD'))) return { ok: false, code: 'BAD_TEXT' };
  const key = nameKey(clean);
  if (key === '') return { ok: false, code: 'EMPTY' };
  if (person && isReservedName(key)) return { ok: false, code: 'NAME_RESERVED' };
  if (mixesLookalikes(clean)) return { ok: false, code: 'NAME_CONFUSABLE' };
  return { ok: true, name: clean, key };
}

const TOO_MANY_MARKS = new RegExp(`\\p{M}{${LIMITS.maxCombiningMarks + 1}}`, 'u');

const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f]$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;
const JOINING_LETTER =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Malayalam}\p{Script=Kannada}\p{Script=Telugu}\p{Script=Tamil}\p{Script=Sinhala}]/u;

/** Joiners stay where a script or an emoji needs them; elsewhere they only make two names differ unseen. */
function dropStrayJoiners(name: string): string {
  if (!/[\u200c\u200d]/u.test(name)) return name;
  const points = Array.from(name);
  return points
    .filter((point, index) => {
      if (point !== '\u200c' && point !== '\u200d') return true;
      const before = points[index - 1] ?? '';
      const after = points[index + 1] ?? '';
      if (point === '\u200d' && EMOJI_BEFORE.test(before)) return EMOJI_AFTER.test(after);
      return JOINING_LETTER.test(before) && JOINING_LETTER.test(after);
    })
    .join('');
}

/** True for a mix of Latin, Cyrillic and Greek letters: their alphabets share shapes, so a mix is a disguise. */
function mixesLookalikes(name: string): boolean {
  const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];
  return scripts.filter((script) => script.test(name)).length > 1;
}
