import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { checkedText, helpText, printText } from './texts.ts';
import { type RawValues, readArguments, readEnvironment, readFileText } from './sources.ts';
import { rowsOf, type SettingsSchema, textOf } from './setting.ts';

/** Exit status of a program whose settings are wrong (EX_CONFIG of sysexits.h). */
export const EXIT_BAD_CONFIG = 78;

/** A program and its settings. */
export interface Program<Schema extends SettingsSchema> {
  readonly name: string;
  /** One line for --help. */
  readonly summary: string;
  readonly schema: Schema;
  /** Variable that names the config file. */
  readonly configEnv?: string;
}

/** Where settings come from; tests give their own. */
export interface SettingsInput {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** What the command line asks for. */
export type SettingsOutcome<Values> =
  | {
      readonly kind: 'run';
      readonly values: Values;
      /** Words that are not flags, in order. */
      readonly words: readonly string[];
      /** Every setting that was given (not a default), by its variable: what a parent hands to the programs it starts. */
      readonly given: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** Flags over environment over config file over defaults; all faults at once. Understands `--help`, `config check`, `config print`. */
export function readSettings<Schema extends SettingsSchema>(
  program: Program<Schema>,
  input: SettingsInput,
): SettingsOutcome<Readonly<z.output<Schema>>> {
  const rows = rowsOf(program.schema);
  const flags = readArguments(input.argv, rows);
  if (flags.help) return { kind: 'text', text: helpText(program, rows) };
  const env = readEnvironment(input.env, rows);
  const configPath = flags.configPath ?? input.env[program.configEnv ?? 'CHAT_CONFIG'];
  const file = readConfigFile(configPath, input, rows);
  const merged = new Map([...file.values, ...env.values, ...flags.values]);
  const faults = [...flags.faults, ...env.faults, ...file.faults];

  const raw = Object.fromEntries([...merged].map(([key, value]) => [key, value.raw]));
  const result = program.schema.safeParse(raw);
  for (const issue of result.error?.issues ?? []) {
    const key = String(issue.path[0]);
    const row = rows.find((candidate) => candidate.key === key);
    const source = merged.get(key)?.source;
    const reason = source === undefined ? 'must be given' : issue.message;
    faults.push(`${source ?? `--${row?.name ?? key} or ${row?.env ?? ''}`}: ${reason}`);
  }
  if (faults.length > 0 || !result.success) return { kind: 'faults', faults };
  // The schema made exactly this.
  const values = Object.freeze(result.data) as Readonly<z.output<Schema>>;
  if (flags.words[0] === 'config' && flags.words[1] === 'check') {
    return { kind: 'text', text: checkedText(program.name) };
  }
  if (flags.words[0] === 'config' && flags.words[1] === 'print') {
    return { kind: 'text', text: printText(rows, values, merged) };
  }
  const given = rows.filter((row) => merged.has(row.key));
  return {
    kind: 'run',
    values,
    words: flags.words,
    given: Object.fromEntries(given.map((row) => [row.env, textOf(values[row.key] ?? '')])),
  };
}

/** The settings of this process, or its end: 0 after a text was printed, 78 when settings are wrong. For `main.ts` only. */
export function settingsOrExit<Schema extends SettingsSchema>(
  program: Program<Schema>,
): Extract<SettingsOutcome<Readonly<z.output<Schema>>>, { readonly kind: 'run' }> {
  const outcome = readSettings(program, {
    argv: process.argv.slice(2),
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
  });
  if (outcome.kind === 'run') return outcome;
  if (outcome.kind === 'text') {
    process.stdout.write(outcome.text);
    process.exit(0);
  }
  for (const fault of outcome.faults) process.stderr.write(`${program.name}: ${fault}\n`);
  process.exit(EXIT_BAD_CONFIG);
}

function readConfigFile(
  path: string | undefined,
  input: SettingsInput,
  rows: ReturnType<typeof rowsOf>,
): RawValues {
  if (path === undefined || path === '') return { values: new Map(), faults: [] };
  try {
    return readFileText(path, input.readFile(path), rows);
  } catch {
    return { values: new Map(), faults: [`file ${path}: cannot be read`] };
  }
}
