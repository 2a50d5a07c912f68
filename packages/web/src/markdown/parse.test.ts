import { expect, test } from '@jest/globals';
import type { Block, Inline } from './ast.ts';
import { parseMarkdown } from './parse.ts';
import { safeHref } from './safe-url.ts';

// Slow shared machines included; the bound people feel is far above what is measured here (a few ms).
const RENDER_BOUND_MS = 250;

function text(nodes: readonly (Block | Inline)[]): string {
  return nodes
    .map((node) => {
      if (node.kind === 'list') return node.items.map((item) => text(item)).join('|');
      if ('text' in node) return node.text;
      return 'children' in node ? text(node.children) : '';
    })
    .join('');
}

function links(nodes: readonly (Block | Inline)[]): readonly string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'list') return node.items.flatMap((item) => links(item));
    const below = 'children' in node ? links(node.children) : [];
    return node.kind === 'link' ? [node.href, ...below] : below;
  });
}

test('the marks of a chat are understood', () => {
  const [first] = parseMarkdown('**a** *b* ~~c~~ `d`');
  expect(first?.kind === 'paragraph' ? first.children.map((node) => node.kind) : []).toEqual([
    'strong',
    'text',
    'emphasis',
    'text',
    'strike',
    'text',
    'code',
  ]);
});

test('code fences keep their language and every character', () => {
  expect(parseMarkdown('```ts\nconst a = `<b>`;\n```')).toEqual([
    { kind: 'code', language: 'ts', text: 'const a = `<b>`;' },
  ]);
});

test.each([
  '# not a heading',
  '![not](https://a.example/i.png)',
  '&amp; stays',
  '---',
  '    not code',
])('%j stays as typed', (typed) => {
  expect(text(parseMarkdown(typed)).replace(/^\s+/u, '')).toBe(
    typed.startsWith('![') ? '!not' : typed.trimStart(),
  );
});

test.each([
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<noscript><img title="</noscript><img src=x onerror=alert(1)>">',
  '<form id=attributes><input name=x></form>',
  '{{7*7}}',
  '</title><script>x</script>',
  '<style>@import "http://e.example"</style>',
  '<a href="javascript:alert(1)">x</a>',
])('[U16] %j is text', (typed) => {
  const blocks = parseMarkdown(typed);
  expect(text(blocks).replaceAll(/\s/gu, '')).toBe(typed.replaceAll(/\s/gu, ''));
});

test.each([
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](data:text/html,<script>1</script>)',
  '[x](vbscript:msgbox)',
  '[x](blob:https://a.example/1)',
  '[x](file:///etc/passwd)',
  '[x](//evil.example)',
  '[x](/relative)',
  '<javascript:alert(1)>',
])('[U16] %j leads nowhere', (typed) => {
  expect(links(parseMarkdown(typed))).toEqual([]);
});

test('[U16] web and mail addresses are links', () => {
  expect(
    links(parseMarkdown('see https://a.example/x_y_z, www.b.example and me@c.example')),
  ).toEqual(['https://a.example/x_y_z', 'http://www.b.example/', 'mailto:me@c.example']);
});

test('[U16] an address with an entity in it is a link, and nothing is decoded through innerHTML', () => {
  expect(links(parseMarkdown('[a](https://a.example/?x&amp;y&copy;)'))).toEqual([
    'https://a.example/?x&amp;y&copy;',
  ]);
});

test('[U21] a name before the host is not followed and not shown', () => {
  expect(safeHref('https://bank.com@evil.example/')).toBe('https://evil.example/');
  expect(text(parseMarkdown('https://bank.com@evil.example/'))).not.toContain('bank.com@');
});

test('[U21] the text of a link that looks like an address names the place it leads to', () => {
  expect(text(parseMarkdown('[https://bank.example](https://evil.example)'))).toBe(
    'https://evil.example/',
  );
});

test('[U12] hidden tag characters are shown as such, flags that need them are kept', () => {
  expect(text(parseMarkdown('a\u{E0041}\u{E0042}b'))).toBe('a�b');
  const england = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}';
  expect(text(parseMarkdown(england))).toBe(england);
});

test.each([
  ['nested quotes', '>'.repeat(10_000)],
  ['spaced nested quotes', '> '.repeat(4_000)],
  ['stars', '*'.repeat(10_000)],
  ['spaced stars', '*a '.repeat(3_000)],
  ['brackets', '['.repeat(10_000)],
  ['link beginnings', '[a]('.repeat(2_500)],
  ['backticks', '`'.repeat(100_000)],
  [
    'growing backticks',
    Array.from({ length: 120 }, (_, index) => `${'`'.repeat(index)} `).join(''),
  ],
  [
    'nested lists',
    Array.from({ length: 200 }, (_, index) => `${'  '.repeat(index)}- a`).join('\n'),
  ],
  ['dots', 'a.'.repeat(30_000)],
  ['mails', 'a@'.repeat(8_000)],
  ['a table', '|a'.repeat(8_000)],
  ['entities', '&#x41;'.repeat(2_000)],
  ['angles', '<a '.repeat(5_000)],
  ['tildes', '~~a '.repeat(3_000)],
  ['underscores', '_a_ '.repeat(3_000)],
])('[U17] %s are drawn at once or shown as typed', (_name, bomb) => {
  const beforeMs = performance.now();
  const blocks = parseMarkdown(bomb);
  expect(performance.now() - beforeMs).toBeLessThan(RENDER_BOUND_MS);
  expect(blocks.length).toBeGreaterThan(0);
});
