import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHistogram } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { percentiles } from '../load/tally.ts';

const BLOCK_BYTES = 4096;
const INTERVAL_MS = 20;

/** A disk that is asked to keep a block now and then; what it takes is the floor of every durable acknowledgement. */
export interface FsyncProbe {
  stop(): Promise<{ readonly p50Ms: number; readonly p99Ms: number }>;
}

/** Writes and syncs one block every 20 ms until stopped. */
export async function startFsyncProbe(): Promise<FsyncProbe> {
  const folder = await mkdtemp(join(tmpdir(), 'chat-bench-fsync-'));
  const file = await open(join(folder, 'probe'), 'w');
  const block = new Uint8Array(BLOCK_BYTES);
  const times = createHistogram();
  let stopped = false;
  const run = async (): Promise<void> => {
    while (!stopped) {
      const startMs = performance.now();
      await file.write(block, 0, BLOCK_BYTES, 0);
      await file.datasync();
      times.record(Math.max(1, Math.round((performance.now() - startMs) * 1000)));
      await delay(INTERVAL_MS);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped = true;
      await running;
      await file.close();
      await rm(folder, { recursive: true, force: true });
      return percentiles(times);
    },
  };
}
