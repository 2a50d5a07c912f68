import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../../', import.meta.url));

test('every guarantee of docs/GUARANTEES.md is proved by a test, and tests prove only what stands there', () => {
  const page = readFileSync(join(root, 'docs/GUARANTEES.md'), 'utf8');
  const promised = [...page.matchAll(/^\| (G\d+) \|/gm)].map(([, id]) => id);
  const proved = new Set(testFiles().flatMap((path) => idsOf(readFileSync(path, 'utf8'))));
  expect(promised.length).toBeGreaterThan(0);
  expect(proved).toEqual(new Set(promised));
});

function testFiles(): readonly string[] {
  return ['src', 'tests'].flatMap((folder) =>
    readdirSync(join(root, 'packages')).flatMap((name) => {
      try {
        return readdirSync(join(root, 'packages', name, folder), {
          recursive: true,
          encoding: 'utf8',
        })
          .filter((path) => /\.(test|contract)\.tsx?$/.test(path))
          .map((path) => join(root, 'packages', name, folder, path));
      } catch {
        return []; // a package without this folder
      }
    }),
  );
}

function idsOf(source: string): readonly string[] {
  return [...source.matchAll(/\[(G\d+(?: G\d+)*)\]/g)].flatMap(([, ids]) => ids?.split(' ') ?? []);
}
