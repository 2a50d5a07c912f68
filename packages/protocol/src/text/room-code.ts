import { LIMITS } from '../limits.ts';

/** Symbols of short codes: digits and capitals without I, L, O and U, so that no two are mistaken for each other. */
export const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * A short code as stored, from what a person typed: spaces, dashes and case do not matter, O reads as 0, I and L
 * as 1. Undefined when it cannot be a short code (it may still be an invite code, which is taken as it is).
 */
export function normalizeCode(input: string): string | undefined {
  if (input.length > 64) return undefined;
  const code = input
    .toUpperCase()
    .replace(/[\s\-\u2010-\u2015_]/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (code.length !== LIMITS.roomCodeLength) return undefined;
  for (const symbol of code) if (!CODE_ALPHABET.includes(symbol)) return undefined;
  return code;
}
