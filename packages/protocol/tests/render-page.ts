import { CloseCode, ERROR_TABLE, GrpcStatus, isReconnectable } from '../src/index.ts';
import type { Vector } from '../src/vectors/index.ts';

/** What the page repeats of the code. */
export interface PageFacts {
  readonly vectors: readonly Vector[];
  /** Meaning of each close code, by its name. */
  readonly closeMeanings: Readonly<Record<string, string>>;
  /** Paths of methods that are not served yet. */
  readonly unimplemented: readonly string[];
}

/** The sections of docs/PROTOCOL.md that are made from code, by the name of their marker. */
export function renderSections(facts: PageFacts): Readonly<Record<string, string>> {
  return {
    errors: renderErrors(),
    'close-codes': renderCloseCodes(facts.closeMeanings),
    vectors: renderVectors(facts.vectors),
    unimplemented: ['', ...facts.unimplemented.map((path) => `- \`${path}\``), '', ''].join('\n'),
  };
}

/** The text between `<!-- name -->` and `<!-- /name -->`. Throws when the page has no such section. */
export function section(page: string, name: string): string {
  const match = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- /${name} -->`).exec(page);
  if (match?.[1] === undefined) throw new Error(`no section ${name}`);
  return match[1];
}

/** The page with another text in a section. */
export function withSection(page: string, name: string, text: string): string {
  return page.replace(
    new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`),
    (_, open: string, close: string) => open + text + close,
  );
}

function renderErrors(): string {
  const names = new Map(
    Object.entries(GrpcStatus).map(([name, status]) => [status as number, name]),
  );
  const rows = Object.entries(ERROR_TABLE).map(([code, meaning]) => {
    const { grpcStatus, closeCode, retry, message } = meaning;
    return `| ${code} | ${grpcStatus} ${names.get(grpcStatus)} | ${closeCode ?? '–'} | ${retry} | ${message} |`;
  });
  return table('| error | status | close code | retry | text |', 5, rows);
}

function renderCloseCodes(meanings: Readonly<Record<string, string>>): string {
  const rows = Object.entries(CloseCode)
    .sort(([, one], [, other]) => one - other)
    .map(
      ([name, code]) =>
        `| ${code} | ${name} | ${meanings[name] ?? ''} | ${isReconnectable(code) ? 'come back' : 'do not come back'} |`,
    );
  return table('| code | name | meaning | client |', 4, rows);
}

function renderVectors(vectors: readonly Vector[]): string {
  return vectors
    .map(
      ({ name, type, hex, json }) =>
        `**${name}** (\`${type}\`)\n\n\`\`\`\n${hex.replace(/(.{96})/g, '$1\n').trim()}\n${JSON.stringify(json)}\n\`\`\`\n`,
    )
    .join('\n');
}

function table(head: string, columns: number, rows: readonly string[]): string {
  return ['', head, `|${'---|'.repeat(columns)}`, ...rows, '', ''].join('\n');
}
