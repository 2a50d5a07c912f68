import { type SettingRow, textOf } from './setting.ts';

/** Text of --help: every setting with flag, variable and default. */
export function helpText(
  program: { readonly name: string; readonly summary: string },
  rows: readonly SettingRow[],
): string {
  const lines = rows.map((row) => {
    const fallback =
      row.defaultText === undefined ? 'required' : `default: ${row.defaultText || 'empty'}`;
    return `  --${row.name.padEnd(widest(rows))}  ${row.env.padEnd(24)}  ${row.help} (${fallback})`;
  });
  return [
    `${program.name}: ${program.summary}`,
    '',
    `Usage: ${program.name} [flags]`,
    `       ${program.name} config check    says whether the settings are right`,
    `       ${program.name} config print    shows every setting and where it comes from`,
    '',
    'Each setting is a flag, an environment variable and a key of the config file, in this order of precedence.',
    'Switches: --name is on, --no-name is off.',
    '',
    ...lines,
    `  --${'config'.padEnd(widest(rows))}  ${'CHAT_CONFIG'.padEnd(24)}  JSON or YAML file with "name: value" lines`,
    '',
  ].join('\n');
}

/** Text of `config check`. */
export function checkedText(name: string): string {
  return `${name}: settings are right\n`;
}

/** Text of `config print`: a config file in YAML; secrets are not shown. */
export function printText(
  rows: readonly SettingRow[],
  values: Readonly<Record<string, unknown>>,
  merged: ReadonlyMap<string, { readonly source: string }>,
): string {
  return rows
    .map((row) => {
      const value = values[row.key];
      const text =
        row.secret && value !== '' && value !== undefined ? '(redacted)' : textOf(value ?? '');
      return `${row.name}: ${JSON.stringify(text)}  # ${merged.get(row.key)?.source ?? 'default'}\n`;
    })
    .join('');
}

function widest(rows: readonly SettingRow[]): number {
  return Math.max(...rows.map((row) => row.name.length), 8);
}
