import { createAddressBuckets } from './address-buckets.ts';
import type { Refusal } from './request-guard.ts';
import { limitKey } from './trusted-proxies.ts';

/** How many sockets and handshakes are allowed. */
export interface SocketLimitOptions {
  readonly maxSocketsPerAddress: number;
  readonly maxSockets: number;
  /** Handshakes of one address: a steady rate and how many at once. */
  readonly handshakesPerSecond: number;
  readonly handshakeBurst: number;
  /** Handshakes of all addresses in one second. */
  readonly maxHandshakesPerSecond: number;
}

/** A person with a few tabs stays far below; a storm of reconnects is spread over seconds. */
export const DEFAULT_HANDSHAKES = {
  handshakesPerSecond: 10,
  handshakeBurst: 40,
  maxHandshakesPerSecond: 500,
} as const;

/** A taken place; give it back exactly once. */
export type ReleaseSocket = () => void;

/** Counts sockets by address and in all (W18). */
export interface SocketLimits {
  /** Takes a place, or says why there is none. */
  take(address: string, nowMs: number): ReleaseSocket | Refusal;
  readonly openSockets: number;
}

/** Makes the counters of one process. */
export function createSocketLimits(options: SocketLimitOptions): SocketLimits {
  const socketsOf = new Map<string, number>();
  const handshakes = createAddressBuckets({
    perSecond: options.handshakesPerSecond,
    burst: options.handshakeBurst,
  });
  let openSockets = 0;
  let secondStartMs = Number.NEGATIVE_INFINITY;
  let inThisSecond = 0;

  const refusalOf = (address: string, key: string, nowMs: number): Refusal | undefined => {
    if (openSockets >= options.maxSockets) return { status: 503, reason: 'TOO_MANY_SOCKETS' };
    if (nowMs - secondStartMs >= 1000) {
      secondStartMs = nowMs;
      inThisSecond = 0;
    }
    if (inThisSecond >= options.maxHandshakesPerSecond) {
      return { status: 503, reason: 'TOO_MANY_HANDSHAKES' };
    }
    if ((socketsOf.get(key) ?? 0) >= options.maxSocketsPerAddress) {
      return { status: 429, reason: 'TOO_MANY_SOCKETS' };
    }
    return handshakes.take(address, nowMs)
      ? undefined
      : { status: 429, reason: 'TOO_MANY_HANDSHAKES' };
  };

  return {
    take(address, nowMs) {
      const key = limitKey(address);
      const refusal = refusalOf(address, key, nowMs);
      if (refusal !== undefined) return refusal;
      inThisSecond += 1;
      openSockets += 1;
      socketsOf.set(key, (socketsOf.get(key) ?? 0) + 1);
      let released = false;
      return () => {
        if (released) return;
        released = true;
        openSockets -= 1;
        const left = (socketsOf.get(key) ?? 1) - 1;
        if (left > 0) socketsOf.set(key, left);
        else socketsOf.delete(key);
      };
    },
    get openSockets() {
      return openSockets;
    },
  };
}
