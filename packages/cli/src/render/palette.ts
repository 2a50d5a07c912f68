import pico from 'picocolors';

/** The few colours of the program. */
export interface Palette {
  /** A name in the colour of its person: the same person has the same colour everywhere. */
  name(personId: string, name: string): string;
  dim(text: string): string;
  came(text: string): string;
  went(text: string): string;
  warn(text: string): string;
}

/** Colours, or plain text when `enabled` is false. */
export function createPalette(enabled: boolean): Palette {
  const colors = pico.createColors(enabled);
  const names = [
    colors.cyan,
    colors.magenta,
    colors.yellow,
    colors.blueBright,
    colors.greenBright,
    colors.magentaBright,
    colors.cyanBright,
    colors.redBright,
  ];
  return {
    name: (personId, name) => {
      const paint = names[hash(personId) % names.length];
      return paint === undefined ? name : paint(name);
    },
    dim: colors.dim,
    came: colors.green,
    went: colors.red,
    warn: colors.yellow,
  };
}

/** Whether colours are wanted: a terminal, unless NO_COLOR says otherwise; FORCE_COLOR wins over the terminal. */
export function wantsColor(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

function hash(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at += 1)
    value = (Math.imul(value, 31) + text.charCodeAt(at)) >>> 0;
  return value;
}
