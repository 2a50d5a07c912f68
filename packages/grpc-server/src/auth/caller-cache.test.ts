import { describe, expect, test } from '@jest/globals';
import type { SessionId, UserId } from '@chat/protocol';
import type { Authenticated } from '../ports/sessions.ts';
import { CallerCache } from './caller-cache.ts';

const HASH = new Uint8Array(32);
// Only what the cache looks at.
const caller = {
  account: { userId: 'anna' as UserId },
  session: { sessionId: 's1' as SessionId },
  accessExpiresMs: 1_000,
} as Authenticated;

describe('CallerCache', () => {
  function counted() {
    const cache = new CallerCache();
    let looks = 0;
    const find = (nowMs = 0) =>
      cache.find(HASH, nowMs, () => {
        looks += 1;
        return Promise.resolve({ ok: true as const, value: caller });
      });
    return { cache, find, looks: () => looks };
  }

  test('asks the store once, and again when the token has run out', async () => {
    const { find, looks } = counted();
    await find();
    await find(999);
    expect(looks()).toBe(1);
    await find(1_000);
    expect(looks()).toBe(2);
  });

  test('[G11] forgets a login or a user at once', async () => {
    const { cache, find, looks } = counted();
    await find();
    cache.dropSessions(['other' as SessionId]);
    await find();
    cache.dropSessions(['s1' as SessionId]);
    await find();
    cache.dropUser('anna' as UserId);
    await find();
    expect(looks()).toBe(3);
  });

  test('[G11] does not remember an answer that was under way while it was revoked', async () => {
    const cache = new CallerCache();
    const answer = Promise.withResolvers<{ ok: true; value: Authenticated }>();
    const first = cache.find(HASH, 0, () => answer.promise);
    cache.dropSessions(['s1' as SessionId]);
    answer.resolve({ ok: true, value: caller });
    await first;
    const refused = { ok: false as const };
    expect(await cache.find(HASH, 0, () => Promise.resolve(refused))).toBe(refused);
  });

  test('does not remember a refusal', async () => {
    const cache = new CallerCache();
    const refused = { ok: false as const };
    expect(await cache.find(HASH, 0, () => Promise.resolve(refused))).toBe(refused);
    const found = { ok: true as const, value: caller };
    expect(await cache.find(HASH, 0, () => Promise.resolve(found))).toBe(found);
  });
});
