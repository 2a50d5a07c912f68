/** @jest-environment node */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import type { Manifest } from 'vite';

const KB = 1_000;
/** What the first page loads before it can be used. */
const MAX_FIRST_PAGE_BYTES = 90 * KB;
/** What a person in a room has loaded in all: the first page, then the chat behind it. */
const MAX_ROOM_BYTES = 120 * KB;
const MAX_CSS_BYTES = 15 * KB;
const BUILD_TIMEOUT_MS = 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));

test(
  '[UX7] the first page weighs at most 90 kB of script, compressed, and no page holds inline code',
  async () => {
    const files = await buildApp();
    const manifest = JSON.parse(files.get('.vite/manifest.json') ?? '{}') as Manifest;
    const first = filesOf(manifest, 'index.html');
    const room = new Set([...first, ...filesOf(manifest, 'src/features/chat-page.tsx')]);
    expect(weigh(first, files)).toBeGreaterThan(0);
    expect(weigh(first, files)).toBeLessThan(MAX_FIRST_PAGE_BYTES);
    expect(weigh(room, files)).toBeLessThan(MAX_ROOM_BYTES);
    const css = [...files.keys()].filter((name) => name.endsWith('.css'));
    expect(weigh(new Set(css), files)).toBeLessThan(MAX_CSS_BYTES);

    const html = files.get('index.html') ?? '';
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)[^>]*>|<style|\sstyle=|\son\w+=|https?:\/\//u);
    // A polyfill or a library that evaluates text would break the policy of the page.
    for (const name of room) expect(files.get(name)).not.toMatch(/\beval\(|new Function\(/u);
  },
  BUILD_TIMEOUT_MS,
);

function filesOf(manifest: Manifest, key: string): Set<string> {
  const found = new Set<string>();
  const chunk = manifest[key];
  if (chunk === undefined) throw new Error(`${key} is not in the manifest`);
  found.add(chunk.file);
  for (const other of chunk.imports ?? [])
    for (const file of filesOf(manifest, other)) found.add(file);
  return found;
}

function weigh(names: ReadonlySet<string>, files: ReadonlyMap<string, string>): number {
  return [...names].reduce((sum, name) => sum + gzipSync(files.get(name) ?? '').length, 0);
}

// In a process of its own: the bundler does not run inside jest's module loader.
async function buildApp(): Promise<ReadonlyMap<string, string>> {
  const outDir = await mkdtemp(join(tmpdir(), 'chat-web-'));
  try {
    const vite = join(
      dirname(createRequire(import.meta.url).resolve('vite/package.json')),
      'bin/vite.js',
    );
    await promisify(execFile)(
      process.execPath,
      [vite, 'build', '--outDir', outDir, '--emptyOutDir'],
      {
        cwd: root,
        env: { ...process.env, NODE_ENV: 'production' },
      },
    );
    const names = await readdir(outDir, { recursive: true, withFileTypes: true });
    const files = names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const read = files.map(
      async (path) => [path.slice(outDir.length + 1), await readFile(path, 'utf8')] as const,
    );
    return new Map(await Promise.all(read));
  } finally {
    await rm(outDir, { recursive: true, force: true });
  }
}
