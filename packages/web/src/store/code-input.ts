const MAX_CODE_LENGTH = 64;

/**
 * The code a person means: from a bare code in any case with spaces or dashes, or from a pasted address `…/j/CODE`.
 * Short codes come back in capitals; anything longer (an invite) is kept as typed. Empty when there is none.
 */
export function parseCodeInput(input: string): string {
  const inAddress = /\/j\/([^/?#\s]+)/u.exec(input)?.[1];
  const bare = (inAddress ?? input).trim();
  const compact = bare.replace(/[\s\-‐-―]/gu, '');
  if (compact.length <= 12) return compact.toUpperCase();
  return bare.replace(/\s/gu, '').slice(0, MAX_CODE_LENGTH);
}

/** A code in groups that can be read aloud: `K7F3QX` → `K7F 3QX`. */
export function spellCode(code: string): string {
  const half = Math.ceil(code.length / 2);
  return code.length >= 6 && code.length <= 8 ? `${code.slice(0, half)} ${code.slice(half)}` : code;
}
