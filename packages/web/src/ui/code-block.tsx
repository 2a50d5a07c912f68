import { Check, Copy, WrapText } from 'lucide-react';
import { useState } from 'react';
import { copyText } from '../browser/clipboard.ts';
import { IconButton } from './button.tsx';

/** Code as typed, with its language, a wrap switch and a copy button. */
export function CodeBlock({
  language,
  text,
}: {
  readonly language: string;
  readonly text: string;
}) {
  const [wrap, setWrap] = useState(false);
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(text));
  };
  return (
    <figure className="code-block">
      <figcaption>
        <span>{language === '' ? 'code' : language.slice(0, 24)}</span>
        <IconButton
          label={wrap ? 'Do not wrap lines' : 'Wrap lines'}
          aria-pressed={wrap}
          onClick={() => setWrap(!wrap)}
        >
          <WrapText size={14} />
        </IconButton>
        <IconButton label={copied ? 'Copied' : 'Copy code'} onClick={() => void copy()}>
          {copied ? <Check size={14} /> : <Copy size={14} />}
        </IconButton>
      </figcaption>
      {/* A block that scrolls must be reachable by the keyboard. */}
      <pre className={wrap ? 'is-wrapped' : ''} tabIndex={0}>
        <code dir="ltr">{text}</code>
      </pre>
    </figure>
  );
}
