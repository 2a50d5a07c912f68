import { Fragment, memo, type ReactNode } from 'react';
import { CodeBlock } from '../ui/code-block.tsx';
import type { Block, Inline } from './ast.ts';
import { parseMarkdown } from './parse.ts';

/** The text of a message as elements: no HTML string is ever made, so nothing in it can become markup. */
export const MessageText = memo(function MessageText({ text }: { readonly text: string }) {
  return (
    <div className="prose" dir="auto">
      {blocksOf(parseMarkdown(text))}
    </div>
  );
});

function blocksOf(blocks: readonly Block[]): ReactNode {
  return blocks.map((block, index) => <Fragment key={index}>{blockOf(block)}</Fragment>);
}

function blockOf(block: Block): ReactNode {
  switch (block.kind) {
    case 'paragraph':
      return <p dir="auto">{inlinesOf(block.children)}</p>;
    case 'code':
      return <CodeBlock language={block.language} text={block.text} />;
    case 'quote':
      return <blockquote>{blocksOf(block.children)}</blockquote>;
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{blocksOf(item)}</li>);
      return block.start === undefined ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>;
    }
  }
}

function inlinesOf(inlines: readonly Inline[]): ReactNode {
  return inlines.map((inline, index) => <Fragment key={index}>{inlineOf(inline)}</Fragment>);
}

function inlineOf(inline: Inline): ReactNode {
  switch (inline.kind) {
    case 'text':
      return inline.text;
    case 'code':
      return <code>{inline.text}</code>;
    case 'break':
      return <br />;
    case 'strong':
      return <strong>{inlinesOf(inline.children)}</strong>;
    case 'emphasis':
      return <em>{inlinesOf(inline.children)}</em>;
    case 'strike':
      return <s>{inlinesOf(inline.children)}</s>;
    case 'link':
      return (
        <a
          href={inline.href}
          title={inline.href}
          target="_blank"
          rel="noopener noreferrer nofollow"
        >
          {inlinesOf(inline.children)}
        </a>
      );
  }
}
