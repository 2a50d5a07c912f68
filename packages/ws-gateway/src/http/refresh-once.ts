import { createHash } from 'node:crypto';

/** How long an answer is kept for the other tabs of the same browser. */
const KEEP_MS = 10_000;
/** Bound of the memory; beyond it the oldest answer is forgotten. */
const MAX_KEPT = 1000;

/**
 * Lets tabs that present the same refresh token at the same time share one rotation.
 * Without it the slower tab would present a used token, which ends the session.
 * `refresh` is called once per token and 10 s; failures are not kept.
 */
export function createRefreshOnce<T>(
  refresh: (token: string, client: string) => Promise<T>,
  nowMs: () => number,
): (token: string, client: string) => Promise<T> {
  const kept = new Map<string, { readonly result: Promise<T>; readonly untilMs: number }>();
  return (token, client) => {
    const key = createHash('sha256').update(token).digest('base64');
    const now = nowMs();
    for (const [other, { untilMs }] of kept) {
      if (untilMs > now && kept.size < MAX_KEPT) break;
      kept.delete(other);
    }
    const known = kept.get(key);
    if (known !== undefined) return known.result;
    const result = refresh(token, client);
    kept.set(key, { result, untilMs: now + KEEP_MS });
    result.catch(() => kept.delete(key)); // the caller gets the error
    return result;
  };
}
