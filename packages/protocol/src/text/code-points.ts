/** True when the text has more than `max` code points; looks at no more of it than needed. */
export function isLongerThan(text: string, max: number): boolean {
  if (text.length <= max) return false;
  if (text.length > max * 2) return true;
  let points = 0;
  for (const _ of text) {
    points++;
    if (points > max) return true;
  }
  return false;
}

/** Size of the text in UTF-8 bytes. The text must be well-formed. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // A surrogate pair has two units and four bytes.
    bytes += unit >= 0xd800 && unit <= 0xdfff ? 1 : unit < 0x800 ? 1 : 2;
  }
  return bytes;
}
