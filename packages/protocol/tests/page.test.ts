import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { CloseCode, methodByPath } from '../src/index.ts';
import { chatVectors, frameVectors } from '../src/vectors/index.ts';
import { renderSections, section, withSection } from './render-page.ts';

const PACKAGES = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = new URL('../../../docs/PROTOCOL.md', import.meta.url);
const SHOWN = new Set([
  'Hello',
  'Welcome',
  'a unary call in one frame (binary)',
  'a unary call in one frame (JSON)',
  'a message and the status in one frame',
  'credit',
  'an error',
  'a message',
  'Done of a message',
  'entries',
]);

/** What each close code means is said once, in the comments of its table. */
function closeMeanings(): Record<string, string> {
  const source = readFileSync(new URL('../src/close-codes.ts', import.meta.url), 'utf8');
  const found = source.matchAll(/\/\*\* (.+?)\.? \*\/\n(?: {2}\/\/.*\n)* {2}([A-Z_]+): \d+/g);
  return Object.fromEntries([...found].map(([, meaning = '', name = '']) => [name, meaning]));
}

/** The server's own list, which its tests hold against its handlers; read as text, for nothing here may import it. */
function unimplementedMethods(): string[] {
  const source = readFileSync(join(PACKAGES, 'grpc-server/src/rpc/unimplemented.ts'), 'utf8');
  return [...source.matchAll(/'(chat\.v1\.\w+\/\w+)'/g)].map(([, path = '']) => path);
}

const sections = renderSections({
  vectors: [...frameVectors, ...chatVectors].filter(({ name }) => SHOWN.has(name)),
  closeMeanings: closeMeanings(),
  unimplemented: unimplementedMethods(),
});

describe('the page says what the code says (UPDATE=1 writes it)', () => {
  if (process.env['UPDATE'] !== undefined) {
    const updated = Object.entries(sections).reduce(
      (page, [name, text]) => withSection(page, name, text),
      readFileSync(PAGE, 'utf8'),
    );
    writeFileSync(PAGE, updated);
  }
  test.each(Object.keys(sections))('[ERR4] [ERR5] section %s', (name) => {
    expect(section(readFileSync(PAGE, 'utf8'), name)).toBe(sections[name]);
  });

  test('[ERR5] every close code has a meaning', () => {
    expect(Object.keys(closeMeanings()).sort()).toEqual(Object.keys(CloseCode).sort());
  });
});

test('[CALL7] the methods that are not served yet are methods of the schema', () => {
  for (const path of unimplementedMethods()) expect(methodByPath.has(path)).toBe(true);
});

describe('rules and tests belong together', () => {
  const page = readFileSync(PAGE, 'utf8');
  const rules = new Set([...page.matchAll(/^- \*\*([A-Z]+\d+)\*\* /gm)].map(([, id = '']) => id));
  const prefixes = new Set([...rules].map((id) => id.replace(/\d+$/, '')));
  const proved = new Map<string, string>();
  for (const file of testFiles(PACKAGES)) {
    // This file speaks about ids in general.
    if (file.endsWith('page.test.ts')) continue;
    for (const id of leadingIds(readFileSync(file, 'utf8'))) {
      if (prefixes.has(id.replace(/\d+$/, ''))) proved.set(id, file.slice(PACKAGES.length));
    }
  }

  test('the page has rules, each id once', () => {
    const all = [...page.matchAll(/^- \*\*([A-Z]+\d+)\*\* /gm)].map(([, id]) => id);
    expect(all.length).toBeGreaterThan(50);
    expect(all.length).toBe(rules.size);
  });

  test('every rule of the page is proved by a test that carries its id', () => {
    expect([...rules].filter((id) => !proved.has(id))).toEqual([]);
  });

  test('every id in a test name is a rule of the page', () => {
    expect([...proved].filter(([id]) => !rules.has(id))).toEqual([]);
  });
});

/** Ids where names of tests have them: '[FC2] [FC3] a sender …', or 'FC2' alone in a table of cases. */
function leadingIds(source: string): string[] {
  const alone = [...source.matchAll(/['"`]([A-Z]+\d+)['"`]/g)].map(([, id = '']) => id);
  const leading = [...source.matchAll(/['"`]((?:\[[A-Z]+\d+\] ?)+)/g)].flatMap(([, ids = '']) =>
    [...ids.matchAll(/[A-Z]+\d+/g)].map(([id]) => id),
  );
  return [...alone, ...leading];
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      return ['node_modules', 'dist', 'gen', '.turbo'].includes(entry.name) ? [] : testFiles(path);
    }
    return /\.(test|contract)\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
