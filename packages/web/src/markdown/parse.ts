import type { Nodes, PhrasingContent, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmStrikethroughFromMarkdown } from 'mdast-util-gfm-strikethrough';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough';
import type { Block, Inline } from './ast.ts';
import { withinBudget } from './budget.ts';
import { safeHref, shownAddress } from './safe-url.ts';

// What a chat does not need stays exactly as typed.
const DISABLED = [
  'headingAtx',
  'setextUnderline',
  'htmlFlow',
  'htmlText',
  'labelStartImage',
  'definition',
  'thematicBreak',
  'codeIndented',
  'characterReference',
];
const MAX_DEPTH = 16;
const CACHE_SIZE = 500;
const cache = new Map<string, readonly Block[]>();

/** Blocks of a message. Never throws; a text that is too costly or too deep comes back as one plain paragraph. */
export function parseMarkdown(text: string): readonly Block[] {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const blocks = parse(text);
  const oldest = cache.size >= CACHE_SIZE ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(text, blocks);
  return blocks;
}

function parse(text: string): readonly Block[] {
  if (!withinBudget(text)) return plain(text);
  const tree = fromMarkdown(text, {
    extensions: [gfmStrikethrough(), gfmAutolinkLiteral(), { disable: { null: DISABLED } }],
    mdastExtensions: [gfmStrikethroughFromMarkdown(), gfmAutolinkLiteralFromMarkdown()],
  });
  if (depthOf(tree) > MAX_DEPTH) return plain(text);
  return tree.children.flatMap(toBlock);
}

function plain(text: string): readonly Block[] {
  return [{ kind: 'paragraph', children: [{ kind: 'text', text: shownText(text) }] }];
}

function depthOf(node: Nodes): number {
  let deepest = 0;
  const stack: { readonly node: Nodes; readonly depth: number }[] = [{ node, depth: 0 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    deepest = Math.max(deepest, top.depth);
    if (deepest > MAX_DEPTH) break;
    if (!('children' in top.node)) continue;
    for (const child of top.node.children) stack.push({ node: child, depth: top.depth + 1 });
  }
  return deepest;
}

function toBlock(node: RootContent): readonly Block[] {
  switch (node.type) {
    case 'paragraph':
      return [{ kind: 'paragraph', children: node.children.flatMap(toInline) }];
    case 'code':
      return [{ kind: 'code', language: node.lang ?? '', text: shownText(node.value) }];
    case 'blockquote':
      return [{ kind: 'quote', children: node.children.flatMap(toBlock) }];
    case 'list':
      return [
        {
          kind: 'list',
          start: node.ordered === true ? (node.start ?? 1) : undefined,
          items: node.children.map((item) => item.children.flatMap(toBlock)),
        },
      ];
    default:
      return 'value' in node
        ? [{ kind: 'paragraph', children: [{ kind: 'text', text: shownText(node.value) }] }]
        : [];
  }
}

function toInline(node: PhrasingContent): readonly Inline[] {
  switch (node.type) {
    case 'text':
      return [{ kind: 'text', text: shownText(node.value) }];
    case 'inlineCode':
      return [{ kind: 'code', text: shownText(node.value) }];
    case 'break':
      return [{ kind: 'break' }];
    case 'strong':
    case 'emphasis':
      return [{ kind: node.type, children: node.children.flatMap(toInline) }];
    case 'delete':
      return [{ kind: 'strike', children: node.children.flatMap(toInline) }];
    case 'link': {
      const children = node.children.flatMap(toInline);
      const href = safeHref(node.url);
      if (href === undefined) return children;
      const [only] = children;
      const bare =
        children.length === 1 &&
        only?.kind === 'text' &&
        /^(?:https?:\/\/|www\.)/iu.test(only.text);
      if (!bare) return [{ kind: 'link', href, children }];
      // The text of an address must not name another place than the address.
      const samePlace =
        safeHref(/^www\./iu.test(only.text) ? `http://${only.text}` : only.text) === href;
      return [
        {
          kind: 'link',
          href,
          children: [{ kind: 'text', text: samePlace ? shownAddress(only.text, href) : href }],
        },
      ];
    }
    default:
      return 'value' in node ? [{ kind: 'text', text: shownText(node.value) }] : [];
  }
}

// Tag characters write hidden text; only the flags of England, Scotland and Wales use them for something visible.
function shownText(text: string): string {
  return text.replace(/(\u{1F3F4}?)([\u{E0001}-\u{E007F}]+)/gu, (run, flag: string) =>
    flag === '' ? '\uFFFD' : run,
  );
}
