import type { ConnectionView } from '../../store/model.ts';

export type Banner =
  | { readonly kind: 'broken'; readonly seconds: number; readonly long: boolean }
  | { readonly kind: 'ended'; readonly code: string };

/** A short break is nobody's business. */
const QUIET_MS = 1_000;
const LONG_MS = 60_000;

/** What to say about the connection, or nothing. */
export function bannerOf(
  connection: ConnectionView,
  brokenSinceMs: number | undefined,
  nowMs: number,
): Banner | undefined {
  if (connection.kind === 'ended') return { kind: 'ended', code: connection.code };
  if (connection.kind === 'online' || brokenSinceMs === undefined) return undefined;
  const brokenMs = nowMs - brokenSinceMs;
  if (brokenMs < QUIET_MS) return undefined;
  const waitMs = connection.kind === 'waiting' ? connection.retryAtMs - nowMs : 0;
  return {
    kind: 'broken',
    seconds: Math.max(0, Math.ceil(waitMs / 1_000)),
    long: brokenMs >= LONG_MS,
  };
}
