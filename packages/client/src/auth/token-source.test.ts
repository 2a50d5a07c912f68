import { expect, test } from '@jest/globals';
import { createManualClock } from '@chat/testing';
import { ChatClientError } from '../errors.ts';
import type { Login, Tokens } from './auth.ts';
import { createTokenSource } from './token-source.ts';

const tokens = (number: number): Tokens => ({
  sessionId: 's',
  accessToken: `access-${number}`,
  accessExpiresInMs: 600_000,
  refreshToken: `refresh-${number}`,
});

function setup(refresh?: (refreshToken: string) => Promise<Login>) {
  const clock = createManualClock();
  const used: string[] = [];
  const saved: string[] = [];
  let number = 1;
  const getToken = createTokenSource({
    tokens: tokens(1),
    clock,
    save: (next) => void saved.push(next.refreshToken),
    refresh:
      refresh ??
      ((refreshToken) => {
        used.push(refreshToken);
        number += 1;
        // The user is not looked at.
        return Promise.resolve({ user: {} as Login['user'], tokens: tokens(number) });
      }),
  });
  return { clock, getToken, used, saved };
}

test('a token is used while it lives, and exchanged shortly before its end', async () => {
  const { clock, getToken, used, saved } = setup();
  expect(await getToken({ refresh: false })).toBe('access-1');
  clock.advance(584_999);
  expect(await getToken({ refresh: false })).toBe('access-1');
  clock.advance(1);
  expect(await getToken({ refresh: false })).toBe('access-2');
  expect(await getToken({ refresh: false })).toBe('access-2');
  expect([used, saved]).toEqual([['refresh-1'], ['refresh-2']]);
});

test('[AUTH6] however many ask at once, a refresh token is used once', async () => {
  const { getToken, used } = setup();
  const answers = await Promise.all([1, 2, 3].map(() => getToken({ refresh: true })));
  expect(answers).toEqual(['access-2', 'access-2', 'access-2']);
  expect(used).toEqual(['refresh-1']);
});

test('a login that ended gives undefined; a network that failed is an error and may be asked again', async () => {
  const ended = setup(() => Promise.reject(new ChatClientError('TOKEN_REUSED')));
  expect(await ended.getToken({ refresh: true })).toBeUndefined();
  let tries = 0;
  const flaky = setup(() => {
    tries += 1;
    return tries === 1
      ? Promise.reject(new ChatClientError('UNAVAILABLE'))
      : Promise.resolve({ user: {} as Login['user'], tokens: tokens(9) });
  });
  await expect(flaky.getToken({ refresh: true })).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  expect(await flaky.getToken({ refresh: true })).toBe('access-9');
});
