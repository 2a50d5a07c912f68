const MAX_LENGTH = 20_000;
const MAX_MARKS = 400;
const MAX_CONTAINER_DEPTH = 16;
const MAX_WORD = 2_500;
const MAX_RUN = 100;

/**
 * True when a text can be parsed in a few milliseconds. One linear pass counts what parsers are slow at;
 * code in fences is not counted, because it is not parsed.
 */
export function withinBudget(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  let marks = 0;
  let fenced = false;
  for (const line of text.split('\n')) {
    if (/^ {0,3}(?:```|~~~)/u.test(line)) {
      fenced = !fenced;
      if (line.length > MAX_RUN && /^ {0,3}[`~]{100}/u.test(line)) return false;
      continue;
    }
    if (fenced) continue;
    if (containerDepth(line) > MAX_CONTAINER_DEPTH) return false;
    let word = 0;
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index);
      word = code === 32 || code === 9 ? 0 : word + 1;
      if (word > MAX_WORD) return false;
      if (isMark(code)) marks += 1;
    }
    if (marks > MAX_MARKS) return false;
  }
  return true;
}

function containerDepth(line: string): number {
  let depth = 0;
  for (const character of line) {
    if (character === '>' || character === '-' || character === '+' || character === '*')
      depth += 1;
    else if (character !== ' ' && character !== '\t') break;
    if (depth > MAX_CONTAINER_DEPTH) break;
  }
  // A line of dashes or stars is a rule, not a nest.
  return /^[\s*+-]*$/u.test(line) ? Math.min(depth, marksApart(line)) : depth;
}

function marksApart(line: string): number {
  return line.split(/\s+/u).filter((part) => part !== '').length;
}

function isMark(code: number): boolean {
  // * _ ~ ` [ ] < & ! |
  return (
    code === 42 ||
    code === 95 ||
    code === 126 ||
    code === 96 ||
    code === 91 ||
    code === 93 ||
    code === 60 ||
    code === 38 ||
    code === 33
  );
}
