import type { ReactNode } from 'react';
import { BrandMark } from '../../ui/brand.tsx';

/** The page before the chat: one card in the middle, nothing to look past. */
export function FrontPage({
  title,
  lead,
  children,
  foot,
}: {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children: ReactNode;
  readonly foot?: ReactNode;
}) {
  return (
    <div className="front">
      <div className="front-art" aria-hidden="true">
        <span className="bubble bubble-1" />
        <span className="bubble bubble-2" />
        <span className="bubble bubble-3" />
      </div>
      <main className="front-card">
        <p className="front-brand">
          <BrandMark size={28} /> Chat
        </p>
        <h1>{title}</h1>
        <p className="front-lead">{lead}</p>
        {children}
      </main>
      {foot === undefined ? null : <footer className="front-foot">{foot}</footer>}
    </div>
  );
}
