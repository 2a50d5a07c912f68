import { type ComponentProps, type ReactNode, useEffect, useId, useRef } from 'react';

type FieldProps = Omit<ComponentProps<'input'>, 'className' | 'id'> & {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly look?: 'plain' | 'code';
};

/** A labelled line of text with its hint and its fault. */
export function Field({
  label,
  hint,
  error,
  look = 'plain',
  autoFocus = false,
  ...rest
}: FieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  // The attribute of that name works only for fields that were in the page from the start.
  useEffect(() => {
    if (autoFocus) input.current?.focus();
  }, [autoFocus]);
  const hasError = error !== undefined && error !== '';
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        autoComplete="off"
        {...rest}
        ref={input}
        id={id}
        className={look === 'code' ? 'input input-code' : 'input'}
        aria-invalid={hasError}
        aria-describedby={`${id}-note`}
      />
      <p
        id={`${id}-note`}
        className={hasError ? 'field-note is-error' : 'field-note'}
        role={hasError ? 'alert' : undefined}
      >
        {hasError ? error : hint}
      </p>
    </div>
  );
}
