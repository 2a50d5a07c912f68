/** How the picture of an id and a name looks: a hue, a turn of the pattern in degrees, one or two letters. */
export function avatarOf(
  id: string,
  name: string,
): { readonly hue: number; readonly turn: number; readonly initials: string } {
  const hash = hashOf(id === '' ? name : id);
  return { hue: (hash % 24) * 15, turn: ((hash >>> 8) % 4) * 90, initials: initialsOf(name) };
}

function initialsOf(name: string): string {
  const words = name.split(/[\s._-]+/u).filter((word) => word !== '');
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) =>
    firstGrapheme(word ?? ''),
  );
  return letters.join('').toLocaleUpperCase();
}

function firstGrapheme(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(
    word.slice(0, 32),
  );
  return first?.segment ?? '';
}

// FNV-1a, 32 bit: spreads similar ids over the hues.
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
