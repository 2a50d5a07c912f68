import type { ComponentProps, ReactNode } from 'react';

type ButtonProps = Omit<ComponentProps<'button'>, 'className'> & {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly busy?: boolean;
  readonly wide?: boolean;
};

/** A button with words. While busy it keeps its size and cannot be pressed again. */
export function Button({
  look = 'plain',
  busy = false,
  wide = false,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`button button-${look}${wide ? ' button-wide' : ''}${busy ? ' is-busy' : ''}`}
      aria-busy={busy}
      disabled={rest.disabled === true || busy}
    >
      <span className="button-label">{children}</span>
    </button>
  );
}

type IconButtonProps = Omit<ComponentProps<'button'>, 'className' | 'title' | 'aria-label'> & {
  readonly label: string;
  readonly shortcut?: string;
  readonly tone?: 'plain' | 'strong';
  readonly children: ReactNode;
};

/** A button that is only an icon; the label is its name and its tooltip. */
export function IconButton({
  label,
  shortcut,
  tone = 'plain',
  children,
  ...rest
}: IconButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={`icon-button icon-button-${tone}`}
      aria-label={label}
      title={shortcut === undefined ? label : `${label} (${shortcut})`}
    >
      {children}
    </button>
  );
}
