import { LIMITS } from '../limits.ts';
import { isLongerThan, utf8Length } from './code-points.ts';
import { isBlank, NONCHARACTERS } from './invisible.ts';
import type { TextResult } from './result.ts';

/**
 * The final form of a message text. Line ends become \n; controls, hidden tag characters and noncharacters go;
 * all else stays byte for byte (bidi controls too: renderers isolate, see `isolateBidi`).
 * EMPTY, TOO_LONG (4,000 code points, 16 KiB) or BAD_TEXT (lone surrogate, NUL).
 */
export function checkMessageText(text: string): TextResult {
  return checkText(text, LIMITS.maxTextCodePoints, LIMITS.maxTextBytes);
}

/** The same for topics, reasons and other free text with its own limit; an empty text passes. */
export function checkFreeText(text: string, maxCodePoints: number): TextResult {
  if (text === '') return { ok: true, text };
  const result = checkText(text, maxCodePoints, maxCodePoints * 4);
  return !result.ok && result.code === 'EMPTY' ? { ok: true, text: '' } : result;
}

function checkText(text: string, maxCodePoints: number, maxBytes: number): TextResult {
  if (isLongerThan(text, maxCodePoints)) return { ok: false, code: 'TOO_LONG' };
  const plain = PLAIN.test(text);
  if (!plain && (!text.isWellFormed() || text.includes('\0'))) {
    return { ok: false, code: 'BAD_TEXT' };
  }
  if ((plain ? text.length : utf8Length(text)) > maxBytes) return { ok: false, code: 'TOO_LONG' };
  const clean = plain ? text : dropHidden(text);
  if (isBlank(clean)) return { ok: false, code: 'EMPTY' };
  return { ok: true, text: clean };
}

// Printable ASCII, tab and newline need no cleaning.
const PLAIN = /^[\t\n\x20-\x7e]*$/;

function dropHidden(text: string): string {
  return text
    .replace(/\r\n?|[\u0085\u2028\u2029]/gu, '\n')
    .replace(CONTROLS_BUT_TAB_AND_NEWLINE, '')
    .replace(NONCHARACTERS, '')
    .replace(FLAG_OR_TAG, (_, flag: string | undefined) => flag ?? '');
}

// oxlint-disable-next-line no-control-regex -- controls are what it looks for
const CONTROLS_BUT_TAB_AND_NEWLINE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/gu;

// A black flag, tags and the closing tag are one emoji (Scotland); tags anywhere else are hidden text.
const FLAG_OR_TAG = /(\u{1f3f4}[\u{e0030}-\u{e007a}]{1,8}\u{e007f})|[\u{e0000}-\u{e007f}]/gu;

/**
 * The text between FSI and PDI with every bidi embedding, override and isolate closed, line by line, so that it
 * cannot reorder what is printed around it.
 */
export function isolateBidi(text: string): string {
  if (!/[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff]/u.test(text)) {
    return text;
  }
  return text.split('\n').map(isolateLine).join('\n');
}

function isolateLine(line: string): string {
  const open: string[] = [];
  let closed = '';
  for (const point of line) {
    if (/[\u202a\u202b\u202d\u202e]/u.test(point)) open.push('\u202c');
    else if (/[\u2066-\u2068]/u.test(point)) open.push('\u2069');
    else if (point === '\u202c' || point === '\u2069') {
      // One that closes nothing would close what stands around the text.
      if (open.at(-1) !== point) continue;
      open.pop();
    }
    closed += point;
  }
  return `\u2068${closed}${open.toReversed().join('')}\u2069`;
}
