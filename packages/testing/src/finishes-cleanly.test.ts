import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { finishesCleanly } from './finishes-cleanly.ts';
import { waitFor } from './wait-for.ts';

test('a body that closes what it opened passes, one that leaves a server open does not', async () => {
  const listen = () =>
    new Promise<ReturnType<typeof createServer>>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
    });
  await finishesCleanly(async () => {
    const server = await listen();
    server.close();
  });
  let leaked: Awaited<ReturnType<typeof listen>> | undefined;
  const failed = finishesCleanly(
    async () => {
      leaked = await listen();
    },
    { timeoutMs: 50 },
  );
  await expect(failed).rejects.toThrow(/left open: 1 × TCP/);
  leaked?.close();
});

test('waitFor answers the value, or says what it waited for', async () => {
  let asked = 0;
  expect(await waitFor(() => (++asked > 2 ? asked : undefined))).toBe(3);
  await expect(waitFor(() => false, { timeoutMs: 20, what: 'nothing' })).rejects.toThrow(
    '20 ms for nothing',
  );
});
