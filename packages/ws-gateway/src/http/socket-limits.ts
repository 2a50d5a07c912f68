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

/** The numbers of RELIABILITY 7.1. */
export const DEFAULT_HANDSHAKES = {
  handshakesPerSecond: 10,
  handshakeBurst: 40,
  maxHandshakesPerSecond: 500,
} as const;

/** Addresses that are remembered; only those without sockets and with a full bucket are forgotten. */
const MAX_ADDRESSES = 100_000;

/** A taken place; give it back exactly once. */
export type ReleaseSocket = () => void;

/** Counts sockets by address and in all (W18). */
export interface SocketLimits {
  /** Takes a place, or says why there is none. */
  take(address: string, nowMs: number): ReleaseSocket | Refusal;
  readonly openSockets: number;
}

interface Address {
  sockets: number;
  tokens: number;
  atMs: number;
}

/** Makes the counters of one process. */
export function createSocketLimits(options: SocketLimitOptions): SocketLimits {
  const addresses = new Map<string, Address>();
  let openSockets = 0;
  let secondStartMs = Number.NEGATIVE_INFINITY;
  let handshakes = 0;

  const addressOf = (key: string, nowMs: number): Address => {
    const known = addresses.get(key);
    if (known !== undefined) {
      const refill = ((nowMs - known.atMs) / 1000) * options.handshakesPerSecond;
      known.tokens = Math.min(options.handshakeBurst, known.tokens + refill);
      known.atMs = nowMs;
      return known;
    }
    if (addresses.size >= MAX_ADDRESSES) forgetIdle(nowMs);
    const fresh = { sockets: 0, tokens: options.handshakeBurst, atMs: nowMs };
    addresses.set(key, fresh);
    return fresh;
  };

  const forgetIdle = (nowMs: number): void => {
    const refillMs = (options.handshakeBurst / options.handshakesPerSecond) * 1000;
    for (const [key, { sockets, atMs }] of addresses) {
      if (sockets === 0 && nowMs - atMs >= refillMs) addresses.delete(key);
    }
  };

  return {
    take(address, nowMs) {
      if (openSockets >= options.maxSockets) return { status: 503, reason: 'TOO_MANY_SOCKETS' };
      if (nowMs - secondStartMs >= 1000) {
        secondStartMs = nowMs;
        handshakes = 0;
      }
      if (handshakes >= options.maxHandshakesPerSecond) {
        return { status: 503, reason: 'TOO_MANY_HANDSHAKES' };
      }
      const entry = addressOf(limitKey(address), nowMs);
      if (entry.sockets >= options.maxSocketsPerAddress) {
        return { status: 429, reason: 'TOO_MANY_SOCKETS' };
      }
      if (entry.tokens < 1) return { status: 429, reason: 'TOO_MANY_HANDSHAKES' };
      handshakes += 1;
      entry.tokens -= 1;
      entry.sockets += 1;
      openSockets += 1;
      let released = false;
      return () => {
        if (released) return;
        released = true;
        entry.sockets -= 1;
        openSockets -= 1;
      };
    },
    get openSockets() {
      return openSockets;
    },
  };
}
