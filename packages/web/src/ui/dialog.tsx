import { X } from 'lucide-react';
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { IconButton } from './button.tsx';

type DialogProps = {
  readonly title: string;
  readonly hideTitle?: boolean;
  readonly wide?: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/**
 * A modal dialog on the browser's own element: the page behind is inert, Esc and a click beside it close it, and focus goes
 * back to where it was. (Libraries lock scrolling with injected style elements, which the page's policy forbids.)
 */
export function Dialog({ title, hideTitle = false, wide = false, onClose, children }: DialogProps) {
  const place = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useLayoutEffect(() => {
    const dialog = place.current;
    const before = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={place}
      className={`dialog${wide ? ' dialog-wide' : ''}${hideTitle ? ' dialog-bare' : ''}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClose={(event) => {
        // The browser may close it without asking, as when Esc is pressed twice.
        if (event.currentTarget.isConnected) onClose();
      }}
      onMouseDown={(event) => {
        if (event.target === place.current) onClose();
      }}
    >
      <div className="dialog-body">
        <header className={hideTitle ? 'visually-hidden' : 'dialog-head'}>
          <h2 id={titleId}>{title}</h2>
          {hideTitle ? null : (
            <IconButton label="Close" onClick={onClose}>
              <X size={20} />
            </IconButton>
          )}
        </header>
        {children}
      </div>
    </dialog>
  );
}
