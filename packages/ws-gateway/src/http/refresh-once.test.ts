import { expect, test } from '@jest/globals';
import { createRefreshOnce } from './refresh-once.ts';

test('tabs that refresh the same token together share one rotation', async () => {
  let calls = 0;
  let nowMs = 0;
  const once = createRefreshOnce(
    (token) => Promise.resolve(`${token}-${(calls += 1)}`),
    () => nowMs,
  );
  expect(
    await Promise.all([once('a', '10.0.0.1'), once('a', '10.0.0.1'), once('b', '10.0.0.1')]),
  ).toEqual(['a-1', 'a-1', 'b-2']);
  nowMs = 9_999;
  expect(await once('a', '10.0.0.1')).toBe('a-1');
  nowMs = 10_001;
  expect(await once('a', '10.0.0.1')).toBe('a-3');
});

test('a failure is not kept', async () => {
  let calls = 0;
  const once = createRefreshOnce(
    () => ((calls += 1) === 1 ? Promise.reject(new Error('away')) : Promise.resolve('ok')),
    () => 0,
  );
  await expect(once('a', '10.0.0.1')).rejects.toThrow('away');
  expect(await once('a', '10.0.0.1')).toBe('ok');
});
