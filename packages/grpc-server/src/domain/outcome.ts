import type { ErrorCode } from '@chat/protocol';

/** Why something was not done. Expected, so a value and not an exception. */
export interface Refusal {
  readonly code: ErrorCode;
  /** Path of the faulty request field; undefined when it is not about one. */
  readonly field: string | undefined;
  /** When a retry may succeed; undefined when time alone does not help. */
  readonly retryAfterMs: number | undefined;
}

/** The result of a decision: a value, or the reason why there is none. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Refusal };

/** Wraps a value. */
export function accept<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Makes a refusal. */
export function refuse(
  code: ErrorCode,
  detail: { readonly field?: string; readonly retryAfterMs?: number } = {},
): { readonly ok: false; readonly error: Refusal } {
  return { ok: false, error: { code, field: detail.field, retryAfterMs: detail.retryAfterMs } };
}
