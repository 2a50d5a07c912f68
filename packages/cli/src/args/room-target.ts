/** How the room was named on the command line. */
export type RoomTarget =
  /** A public room; made when it does not exist. */
  | { readonly kind: 'name'; readonly name: string }
  /** A short code or an invite. */
  | { readonly kind: 'code'; readonly code: string }
  /** Looks like a short code, but may be a name: the name is tried first, and nothing is made. */
  | { readonly kind: 'name-or-code'; readonly text: string };

/** As printed in shares: eight symbols in capitals, with or without a dash. */
const LOOKS_LIKE_CODE = /^(?=.*[0-9A-Z])[0-9A-HJKMNP-TV-Z]{4}-?[0-9A-HJKMNP-TV-Z]{4}$/;

/** Reads the room argument: `general`, `#general`, `K7QM-2XPA`, `/j/CODE` or a link that ends so; undefined when empty. */
export function parseRoom(text: string): RoomTarget | undefined {
  const trimmed = text.trim();
  const link = /(?:^|\/)j\/([^/?#\s]+)\/?$/.exec(trimmed);
  if (link?.[1] !== undefined) return { kind: 'code', code: link[1] };
  if (trimmed.startsWith('#')) {
    const name = trimmed.slice(1).trim();
    return name === '' ? undefined : { kind: 'name', name };
  }
  if (trimmed === '') return undefined;
  return LOOKS_LIKE_CODE.test(trimmed)
    ? { kind: 'name-or-code', text: trimmed }
    : { kind: 'name', name: trimmed };
}
