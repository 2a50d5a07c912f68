import type { ErrorCode } from '../error-codes.ts';

/** A text that passed, in its final form, or why it did not. */
export type TextResult =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly code: ErrorCode };

/** A name that passed, with the key that must be unique, or why it did not. */
export type NameResult =
  | { readonly ok: true; readonly name: string; readonly key: string }
  | { readonly ok: false; readonly code: ErrorCode };
