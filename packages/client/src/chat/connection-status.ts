import type { LinkStatus } from '../link.ts';
import type { ConnectionStatus } from './connection-api.ts';
import type { LiveState } from './live-session.ts';

/** What the status is made from. Times are monotonic milliseconds. */
export interface StatusParts {
  readonly link: LinkStatus;
  readonly live: LiveState;
  /** True after the first Ready. */
  readonly wasOnline: boolean;
  /** When the connection was lost. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

/** One status out of two: the connection, and the chat stream on it. The stream counts: it is what works. */
export function toConnectionStatus(parts: StatusParts): ConnectionStatus {
  const { link, live, wasOnline, sinceMs, nowMs } = parts;
  if (live.name === 'closed') {
    return live.reason === 'stopped'
      ? { state: 'idle' }
      : { state: 'closed', reason: live.reason, message: live.message };
  }
  if (live.name === 'idle') return { state: 'idle' };
  if (live.name === 'live') return { state: 'online' };
  const wait = waitOf(link, live);
  if (wait !== undefined) {
    const nextTryInMs = Math.max(0, wait.nextTryAtMs - nowMs);
    return { state: 'waiting', sinceMs, ...wait, nextTryInMs };
  }
  if (!wasOnline) return { state: 'connecting' };
  return { state: 'reconnecting', sinceMs, reason: link.state === 'connecting' ? link.reason : '' };
}

function waitOf(link: LinkStatus, live: LiveState) {
  if (link.state === 'waiting') return { nextTryAtMs: link.nextTryAtMs, reason: link.reason };
  if (live.name === 'waiting') return { nextTryAtMs: live.nextTryAtMs, reason: live.reason };
  return undefined;
}
