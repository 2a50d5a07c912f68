/** The mark: two voices that share one line. */
export function BrandMark({ size }: { readonly size: number }) {
  return (
    <svg
      className="brand-mark"
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
      focusable="false"
    >
      <path className="brand-back" d="M11 3h10a9 9 0 0 1 0 18h-2v5l-6-5h-2a9 9 0 0 1 0-18z" />
      <path className="brand-line" d="M10 10.5h12M10 14.5h7" />
    </svg>
  );
}
