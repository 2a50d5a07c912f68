/**
 * What must not reach a terminal as it is: C0, DEL and C1 controls (escape sequences, title and clipboard
 * writes, `\r` that overwrites the line), line separators, bidirectional overrides and isolates (they reach
 * beyond the message), and characters that nobody sees. Line breaks stay: the renderer indents them.
 * ZWJ, ZWNJ and variation selectors stay too: emoji and several scripts need them.
 */
const HARMFUL =
  // oxlint-disable-next-line no-control-regex -- controls are what this is about
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Noncharacter_Code_Point}|\p{Surrogate}/gu;

/** A peer's text with everything harmful written as a visible escape, such as `\x1b` or `\u202e`. */
export function visibleText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(HARMFUL, toEscape);
}

/** As visibleText, for what must stay on one line: names, topics, error texts. */
export function visibleLine(text: string): string {
  return visibleText(text).replaceAll('\n', '\\n');
}

/** JSON whose text holds nothing harmful either: the same value, with more characters escaped. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(HARMFUL, (symbol) =>
    Array.from({ length: symbol.length }, (_, at) => unit(symbol.charCodeAt(at))).join(''),
  );
}

function toEscape(symbol: string): string {
  if (symbol === '\t') return '    ';
  const code = symbol.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? unit(code) : `\\u{${code.toString(16)}}`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
