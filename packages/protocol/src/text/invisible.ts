// Characters that draw nothing or reorder what is around them. Written as escapes, because nobody could
// read them otherwise.

/** C0, DEL and C1 controls, and the two Unicode line separators. */
// oxlint-disable-next-line no-control-regex -- controls are what it looks for
export const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;

/** Marks, embeddings, overrides and isolates of the bidirectional algorithm. */
export const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Tag characters: text inside text that nobody sees. */
export const TAGS = /[\u{e0000}-\u{e007f}]/gu;

/** Code points that are never characters. */
export const NONCHARACTERS = /[\ufdd0-\ufdef]|[\ufffe\uffff]|\p{Noncharacter_Code_Point}/gu;

/** Zero-width characters and fillers that look like nothing or like a space. */
export const BLANKS =
  /[\u180b-\u180e\u115f\u1160\u200b\u2060-\u2064\u206a-\u206f\u2800\u3164\ufeff\uffa0]|\u00ad|\u034f|\u17b4|\u17b5/gu;

/** Joiners: needed inside emoji families and between some letters, invisible elsewhere. */
export const JOINERS = /[\u200c\u200d]/gu;

/** True when nothing of the text can be seen. */
export function isBlank(text: string): boolean {
  // Nearly every text has a visible ASCII character.
  if (/[!-~]/.test(text)) return false;
  const rest = text
    .replace(BLANKS, '')
    .replace(JOINERS, '')
    .replace(TAGS, '')
    .replace(NONCHARACTERS, '')
    .replace(/[\s\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu, '');
  return rest === '' || /^[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/u.test(rest);
}
