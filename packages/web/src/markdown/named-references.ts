// Takes the place of `decode-named-character-reference` (see vite.config.ts), whose browser edition decodes by setting
// innerHTML: the page's policy forbids that, and a link with `&amp;` in it would make the parser throw.

/** Names such as `amp` are never decoded: a chat shows them as typed. */
export function decodeNamedCharacterReference(_name: string): false {
  return false;
}
