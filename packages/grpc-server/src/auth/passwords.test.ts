import { describe, expect, test } from '@jest/globals';
import { createPasswordHasher, DEFAULT_ARGON2_COST } from './passwords.ts';

const CHEAP = { memoryKib: 64, passes: 1, lanes: 1 };

describe('passwords', () => {
  test('a hash is argon2id with the published cost, salted, and knows its password only', async () => {
    const hasher = createPasswordHasher();
    const phc = await hasher.hash('correct horse battery');
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(DEFAULT_ARGON2_COST).toEqual({ memoryKib: 47_104, passes: 1, lanes: 1 });
    expect(await hasher.verify('correct horse battery', phc)).toBe(true);
    expect(await hasher.verify('correct horse batterx', phc)).toBe(false);
    expect(await hasher.hash('correct horse battery')).not.toBe(phc);
  });

  test('an old hash with another cost still opens; a damaged one does not', async () => {
    const old = await createPasswordHasher(CHEAP).hash('secret');
    const now = createPasswordHasher({ ...CHEAP, memoryKib: 128 });
    expect(await now.verify('secret', old)).toBe(true);
    expect(await now.verify('secret', old.slice(0, -1))).toBe(false);
  });

  test('an unknown user costs a hash and is never right', async () => {
    expect(await createPasswordHasher(CHEAP).verify('', undefined)).toBe(false);
  });

  test('[G14] beyond two at work and twenty that wait, more are told to come back', async () => {
    const hasher = createPasswordHasher(CHEAP);
    const results = await Promise.allSettled(Array.from({ length: 30 }, () => hasher.hash('x')));
    const refused = results.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'OVERLOADED', retryAfterMs: 1_000 } });
    await expect(hasher.hash('x')).resolves.toContain('argon2id');
  });
});
