/** Repeatable randomness: the same seed gives the same sequence everywhere. */
export interface SeededRandom {
  /** In [0, 1), like Math.random. */
  next(): number;
  /** A whole number in [0, limit). */
  int(limit: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  /** One element; throws on an empty list. */
  pick<T>(list: readonly T[]): T;
  /** A shuffled copy. */
  shuffle<T>(list: readonly T[]): T[];
  /** So many bytes. */
  bytes(count: number): Uint8Array;
  /** A generator of its own: what it draws does not move this one. */
  fork(): SeededRandom;
}

/** Makes a generator (mulberry32: small and even enough for tests; not for secrets). */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (limit: number): number => Math.floor(next() * limit);

  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick(list) {
      if (list.length === 0) throw new Error('nothing to pick from');
      // The index is inside the list.
      return list[int(list.length)] as (typeof list)[number];
    },
    shuffle<T>(list: readonly T[]): T[] {
      const copy = [...list];
      for (let last = copy.length - 1; last > 0; last -= 1) {
        const other = int(last + 1);
        // Both indexes are inside the copy.
        [copy[last], copy[other]] = [copy[other] as T, copy[last] as T];
      }
      return copy;
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(256)),
    fork: () => createSeededRandom(int(2 ** 32)),
  };
}
