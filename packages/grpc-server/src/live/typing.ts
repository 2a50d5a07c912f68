import { LIMITS, type RoomId, type UserId } from '@chat/protocol';
import type { Clock } from '../ports/clock.ts';

/** Pairs of user and room kept at most; beyond it the oldest is forgotten, which only lets a word more through. */
const MAX_KEPT = 20_000;

/** Decides which typing words pass: one "types" in 3 s for each user and room, and the "stopped" after it. */
export class TypingGate {
  readonly #clock: Clock;
  readonly #lastMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** True when the word is to be sent on. */
  pass(userId: UserId, roomId: RoomId, typing: boolean): boolean {
    const key = `${roomId} ${userId}`;
    const nowMs = this.#clock.monotonicMs();
    const lastMs = this.#lastMs.get(key);
    if (!typing) return this.#lastMs.delete(key);
    if (lastMs !== undefined && nowMs - lastMs < LIMITS.typingIntervalMs) return false;
    this.#lastMs.delete(key); // to the end: the map is in order of age
    this.#lastMs.set(key, nowMs);
    for (const [oldest, ms] of this.#lastMs) {
      if (nowMs - ms < LIMITS.typingExpiryMs && this.#lastMs.size <= MAX_KEPT) break;
      this.#lastMs.delete(oldest);
    }
    return true;
  }
}
