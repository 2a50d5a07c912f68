import { z } from 'zod';

/** on | off, also true/false in a file and yes/no/1/0 in the environment. */
export function onOff() {
  return z.union([z.boolean(), z.string().trim().toLowerCase()]).transform((value, context) => {
    if (typeof value === 'boolean') return value;
    if (['on', 'true', 'yes', '1'].includes(value)) return true;
    if (['off', 'false', 'no', '0'].includes(value)) return false;
    context.addIssue({ code: 'custom', message: 'must be on or off' });
    return z.NEVER;
  });
}

/** A whole number from text or number, between min and max. */
export function wholeNumber(min: number, max: number) {
  return z.union([z.number(), z.string().trim()]).transform((value, context) => {
    const number =
      typeof value === 'number' ? value : /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
    context.addIssue({ code: 'custom', message: `must be a whole number from ${min} to ${max}` });
    return z.NEVER;
  });
}

/** A TCP port; 0 lets the system choose. */
export function port() {
  return wholeNumber(0, 65_535);
}

/** Comma-separated text, or an array in a file. Empty parts are dropped. */
export function textList() {
  return z
    .union([z.string(), z.array(z.string())])
    .transform((value): readonly string[] =>
      (typeof value === 'string' ? value.split(',') : value)
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
}

const ADDRESS = /^(?:\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):(\d{1,5})$/;

/** host:port, IPv6 in brackets. */
export function hostPort() {
  return z
    .string()
    .trim()
    .refine(isHostPort, { message: 'must be host:port, such as 127.0.0.1:50051' });
}

/** host:port, or empty for "switched off". */
export function optionalHostPort() {
  return z
    .string()
    .trim()
    .refine((text) => text === '' || isHostPort(text), { message: 'must be host:port or empty' });
}

/** One of a few words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(...words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

function isHostPort(text: string): boolean {
  const match = ADDRESS.exec(text);
  return match !== null && Number(match[1]) <= 65_535;
}
