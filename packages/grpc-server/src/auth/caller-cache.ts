import type { SessionId, UserId } from '@chat/protocol';
import { LRUCache } from 'lru-cache';
import type { Authenticated } from '../ports/sessions.ts';

/** How long a token is trusted without asking the store: below the 2 s in which a revocation elsewhere must work. */
const TRUST_MS = 1_000;
/** Tokens remembered at most. */
const MAX_CALLERS = 20_000;

/** Remembers for a moment whose token it was, so that a busy client costs one look-up a second. */
export class CallerCache {
  readonly #callers = new LRUCache<string, Authenticated>({ max: MAX_CALLERS, ttl: TRUST_MS });
  #generation = 0;

  /** The caller, or what `look` finds. What was revoked meanwhile is not remembered. */
  async find<Found extends { readonly ok: boolean; readonly value?: Authenticated }>(
    tokenHash: Uint8Array,
    nowMs: number,
    look: () => Promise<Found>,
  ): Promise<Found | { readonly ok: true; readonly value: Authenticated }> {
    const key = Buffer.from(tokenHash).toString('base64');
    const known = this.#callers.get(key);
    if (known !== undefined && known.accessExpiresMs > nowMs) return { ok: true, value: known };
    const generation = this.#generation;
    const found = await look();
    if (found.ok && found.value !== undefined && generation === this.#generation) {
      this.#callers.set(key, found.value);
    }
    return found;
  }

  /** Forgets the tokens of these logins. */
  dropSessions(sessionIds: readonly SessionId[]): void {
    if (sessionIds.length === 0) return;
    this.#drop((caller) => sessionIds.includes(caller.session.sessionId));
  }

  /** Forgets what is known of a user. */
  dropUser(userId: UserId): void {
    this.#drop((caller) => caller.account.userId === userId);
  }

  #drop(matches: (caller: Authenticated) => boolean): void {
    this.#generation += 1;
    for (const [key, caller] of this.#callers.entries()) {
      if (matches(caller)) this.#callers.delete(key);
    }
  }
}
