import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatProcesses, startProcesses } from '@chat/dev-env';

/** A server and a gateway of their own, on a fresh store. */
export interface BenchSystem extends AsyncDisposable {
  readonly processes: ChatProcesses;
  readonly host: string;
  readonly httpPort: number;
  readonly serverPid: number;
  readonly gatewayPid: number;
}

/** What an honest user never needs is switched off: one machine plays thousands. */
const SETTINGS = {
  CHAT_RATE_LIMITS: 'off',
  CHAT_MAX_SOCKETS: '20000',
  CHAT_MAX_SOCKETS_PER_ADDRESS: '20000',
  CHAT_MAX_SOCKETS_PER_USER: '20000',
  CHAT_LOG_LEVEL: 'warn',
};

/** Starts the system; dispose it to take it down with its data. */
export async function startBenchSystem(): Promise<BenchSystem> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chat-bench-'));
  // CHAT_BENCH_NODE_OPTIONS reaches the two processes alone: `--cpu-prof` would else profile the generator, too.
  const nodeOptions = process.env['CHAT_BENCH_NODE_OPTIONS'];
  const env = { ...SETTINGS, ...(nodeOptions === undefined ? {} : { NODE_OPTIONS: nodeOptions }) };
  const processes = await startProcesses({ dataDir, grpcPort: 0, httpPort: 0, env });
  return {
    processes,
    host: '127.0.0.1',
    httpPort: Number(new URL(processes.httpUrl).port),
    serverPid: processes.server().pid,
    gatewayPid: processes.gateway().pid,
    async [Symbol.asyncDispose]() {
      // A profile is written at a clean end only.
      if (nodeOptions !== undefined) {
        await processes.gateway().stop(15_000);
        await processes.server().stop(15_000);
      }
      await processes[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
