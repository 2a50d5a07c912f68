import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { act, post, readLog, value } from './fixture.ts';
import { makeDataDirectory, openAt } from './open-store.ts';

const WRITER = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
const ROUNDS = 3;
const ACKS_PER_ROUND = 400;

/** Lets a child write, kills it without warning, and returns what it was told to be durable. */
async function writeUntilKilled(directory: string, run: number): Promise<Map<string, number>> {
  const child = spawn(
    process.execPath,
    ['--conditions=chat-source', WRITER, directory, String(run)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exited = once(child, 'exit');
  const acked = new Map<string, number>();
  for await (const line of createInterface(child.stdout)) {
    const [seq = '', id = ''] = line.split(' ');
    acked.set(id, Number(seq));
    if (acked.size === ACKS_PER_ROUND) child.kill('SIGKILL');
  }
  await exited;
  return acked;
}

test('[G1] [G2] [SND1] what was acknowledged before kill -9 is there exactly once, at its seq', async () => {
  const directory = makeDataDirectory();
  const acked = new Map<string, number>();
  for (let run = 1; run <= ROUNDS; run += 1) {
    for (const [id, seq] of await writeUntilKilled(directory.path, run)) acked.set(id, seq);
  }
  const store = await openAt(directory.path);
  const log = await readLog(store, 'r');
  expect(log.map(({ seq }) => Number(seq))).toEqual(log.map((_, index) => index + 1));
  const found = new Map<string, number[]>();
  for (const { seq, content } of log) {
    if (content?.$case !== 'messagePosted') continue;
    const id = content.value.message?.clientMessageId ?? '';
    found.set(id, [...(found.get(id) ?? []), Number(seq)]);
  }
  expect(acked.size).toBeGreaterThanOrEqual(ROUNDS * ACKS_PER_ROUND);
  for (const [id, seq] of acked) expect([id, found.get(id)]).toEqual([id, [seq]]);
  for (const seqs of found.values()) expect(seqs).toHaveLength(1);
  // A client that never saw its answer asks again and gets the first one.
  for (const [id, [seq]] of [...found].slice(-20)) {
    expect(value(await act(store, 'ann', 'r', post(id)))).toMatchObject({ seq, duplicate: true });
  }
  await store.close();
  directory.remove();
}, 60_000);
