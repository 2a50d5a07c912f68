import { limitKey } from './trusted-proxies.ts';

/** A steady rate and how many at once. */
export interface BucketRate {
  readonly perSecond: number;
  readonly burst: number;
}

/** One token bucket for each client address (/64 for IPv6). */
export interface AddressBuckets {
  /** Takes a token; false when there is none. */
  take(address: string, nowMs: number): boolean;
  readonly size: number;
}

/** Addresses that are remembered; only full buckets are forgotten, so nobody gains by pushing others out. */
const MAX_ADDRESSES = 100_000;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Makes buckets that are full. When too many are in use, unknown addresses wait. */
export function createAddressBuckets(
  { perSecond, burst }: BucketRate,
  maxAddresses = MAX_ADDRESSES,
): AddressBuckets {
  const buckets = new Map<string, Bucket>();
  const refillMs = (burst / perSecond) * 1000;

  const forgetFull = (nowMs: number): void => {
    for (const [key, { atMs }] of buckets) {
      if (nowMs - atMs < refillMs) break; // they lie in the order of their last use
      buckets.delete(key);
    }
  };

  return {
    take(address, nowMs) {
      const key = limitKey(address);
      const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs };
      if (!buckets.delete(key)) {
        if (buckets.size >= maxAddresses) forgetFull(nowMs);
        if (buckets.size >= maxAddresses) return false;
      }
      const refill = ((nowMs - bucket.atMs) / 1000) * perSecond;
      bucket.tokens = Math.min(burst, bucket.tokens + refill);
      bucket.atMs = nowMs;
      buckets.set(key, bucket);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
    get size() {
      return buckets.size;
    },
  };
}
