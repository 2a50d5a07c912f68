/** What the gateway does about a silent peer. */
export type KeepaliveAction = 'none' | 'ping' | 'dead';

/** Inbound silence of one connection. */
export interface Keepalive {
  /** A frame came. */
  heard(nowMs: number): void;
  /** Called about once a second. */
  check(nowMs: number): KeepaliveAction;
}

class ConnectionKeepalive implements Keepalive {
  readonly #heartbeatMs: number;
  readonly #maxMissedPongs: number;
  #heardAtMs: number;
  #unanswered = 0;

  constructor(heartbeatMs: number, maxMissedPongs: number, startMs: number) {
    this.#heartbeatMs = heartbeatMs;
    this.#maxMissedPongs = maxMissedPongs;
    this.#heardAtMs = startMs;
  }

  heard(nowMs: number): void {
    this.#heardAtMs = nowMs;
    this.#unanswered = 0;
  }

  check(nowMs: number): KeepaliveAction {
    if (nowMs - this.#heardAtMs < this.#heartbeatMs * (this.#unanswered + 1)) return 'none';
    if (this.#unanswered >= this.#maxMissedPongs) return 'dead';
    this.#unanswered += 1;
    return 'ping';
  }
}

/** One ping per silent heartbeat; dead when as many went unanswered as may be missed, one heartbeat later. */
export function createKeepalive(
  heartbeatMs: number,
  maxMissedPongs: number,
  startMs: number,
): Keepalive {
  return new ConnectionKeepalive(heartbeatMs, maxMissedPongs, startMs);
}
