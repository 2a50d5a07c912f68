/** What the gateway does about a silent peer. */
export type KeepaliveAction = 'none' | 'ping' | 'dead';

/** Inbound silence of one connection. */
export interface Keepalive {
  /** A frame came. */
  heard(nowMs: number): void;
  /** Called about once a second. */
  check(nowMs: number): KeepaliveAction;
}

/** One ping per silent heartbeat; dead when as many went unanswered as may be missed, one heartbeat later. */
export function createKeepalive(
  heartbeatMs: number,
  maxMissedPongs: number,
  startMs: number,
): Keepalive {
  let heardAtMs = startMs;
  let unanswered = 0;
  return {
    heard(nowMs) {
      heardAtMs = nowMs;
      unanswered = 0;
    },
    check(nowMs) {
      if (nowMs - heardAtMs < heartbeatMs * (unanswered + 1)) return 'none';
      if (unanswered >= maxMissedPongs) return 'dead';
      unanswered += 1;
      return 'ping';
    },
  };
}
