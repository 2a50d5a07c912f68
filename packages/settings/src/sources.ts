import { parse as parseYaml } from 'yaml';
import type { SettingRow } from './setting.ts';
import { editDistance, suggest } from './suggest.ts';

/** Raw values of one place, by key, and what was wrong there. */
export interface RawValues {
  readonly values: ReadonlyMap<string, { readonly raw: unknown; readonly source: string }>;
  readonly faults: readonly string[];
}

/** Flags and words of a command line. */
export interface ParsedArguments extends RawValues {
  readonly words: readonly string[];
  readonly help: boolean;
  readonly configPath: string | undefined;
}

/** Reads `--name value`, `--name=value`, `--name` (on) and `--no-name` (off). */
export function readArguments(
  argv: readonly string[],
  rows: readonly SettingRow[],
): ParsedArguments {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const values = new Map<string, { raw: unknown; source: string }>();
  const faults: string[] = [];
  const words: string[] = [];
  let help = false;
  let configPath: string | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '--') continue; // pnpm passes the separator on
    if (argument === '-h' || argument === '--help') {
      help = true;
      continue;
    }
    if (!argument.startsWith('--')) {
      words.push(argument);
      continue;
    }
    const [name, inline] = splitOnce(argument.slice(2));
    const negated = name.startsWith('no-') ? byName.get(name.slice(3)) : undefined;
    const row = byName.get(name);
    if (row === undefined && negated !== undefined) {
      values.set(negated.key, { raw: 'off', source: `flag --${name}` });
    } else if (row === undefined && name !== 'config') {
      faults.push(unknown(`flag --${name}`, name, [...byName.keys(), 'config', 'help'], '--'));
    } else {
      const following = argv[index + 1];
      const takesNext =
        inline === undefined && following !== undefined && !following.startsWith('--');
      const raw = inline ?? (takesNext ? following : 'on');
      if (takesNext) index += 1;
      if (row === undefined) configPath = raw;
      else values.set(row.key, { raw, source: `flag --${name}` });
    }
  }
  return { values, faults, words, help, configPath };
}

/** Reads the variables of the schema; a variable that misses one of its names by a letter or two is a fault. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  rows: readonly SettingRow[],
): RawValues {
  const byEnv = new Map(rows.map((row) => [row.env, row]));
  const values = new Map<string, { raw: unknown; source: string }>();
  const faults: string[] = [];
  for (const [name, raw] of Object.entries(env)) {
    const row = byEnv.get(name);
    if (raw !== undefined && row !== undefined) {
      values.set(row.key, { raw, source: `environment ${name}` });
    } else if (row === undefined && name.startsWith('CHAT_')) {
      // Other CHAT_ variables belong to the other programs of the system.
      const near = [...byEnv.keys()].find((known) => editDistance(name, known) <= 2);
      if (near !== undefined) faults.push(`environment ${name}: unknown; did you mean ${near}?`);
    }
  }
  return { values, faults };
}

/** Reads a JSON or YAML file of `name: value` lines. */
export function readFileText(path: string, text: string, rows: readonly SettingRow[]): RawValues {
  const byName = new Map(rows.map((row) => [row.name, row]));
  const values = new Map<string, { raw: unknown; source: string }>();
  const faults: string[] = [];
  let document: unknown;
  try {
    document = parseYaml(text); // JSON is YAML
  } catch {
    return { values, faults: [`file ${path}: neither JSON nor YAML`] };
  }
  if (document === null || document === undefined) return { values, faults };
  if (typeof document !== 'object' || Array.isArray(document)) {
    return { values, faults: [`file ${path}: must be a list of names and values`] };
  }
  for (const [name, raw] of Object.entries(document)) {
    const row = byName.get(name);
    if (row !== undefined) values.set(row.key, { raw, source: `file ${path}` });
    else faults.push(unknown(`file ${path}: ${name}`, name, [...byName.keys()], ''));
  }
  return { values, faults };
}

function unknown(where: string, name: string, known: readonly string[], lead: string): string {
  const near = suggest(name, known);
  return near === undefined
    ? `${where}: unknown`
    : `${where}: unknown; did you mean ${lead}${near}?`;
}

function splitOnce(text: string): [string, string?] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
