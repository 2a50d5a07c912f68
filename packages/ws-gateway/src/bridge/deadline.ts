import { LIMITS } from '@chat/protocol';
import type { BridgeMethod } from '../ports/router.ts';

/** What a call may take; undefined = for ever (a stream whose client names no timeout). */
export function callTimeoutMs(method: BridgeMethod, timeoutMs: number): number | undefined {
  const streams = method.requestStream || method.responseStream;
  const maxMs = streams ? LIMITS.maxStreamTimeoutMs : LIMITS.maxUnaryTimeoutMs;
  if (timeoutMs > 0) return Math.min(timeoutMs, maxMs);
  return streams ? undefined : LIMITS.defaultUnaryTimeoutMs;
}
