import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { waitFor } from '@chat/testing';

const START = fileURLToPath(new URL('../src/start.ts', import.meta.url));
const TIMEOUT_MS = 60_000;
/** Service managers kill after 30 s or more. */
const MAX_STOP_MS = 25_000;

let dataDir: string;
let running: ChildProcess | undefined;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chat-start-'));
});
afterEach(async () => {
  if (running?.exitCode === null) running.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

function start(...args: readonly string[]): {
  readonly child: ChildProcess;
  readonly output: () => string;
} {
  const child = spawn(process.execPath, ['--conditions=chat-source', START, ...args]);
  running = child;
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, output: () => text };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  return address.port;
}

async function isReady(httpPort: number): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${httpPort}/readyz`).catch(() => undefined);
  return response?.status === 200;
}

test(
  '[G15] [G21] one command starts everything, revives what is killed, and stops cleanly on SIGTERM',
  async () => {
    const [httpPort, grpcPort] = [await freePort(), await freePort()];
    const { child, output } = start(
      `--ws-port=${httpPort}`,
      `--grpc-listen=127.0.0.1:${grpcPort}`,
      '--metrics-listen=',
      `--data-dir=${dataDir}`,
    );
    await waitFor(() => output().includes(`web app   http://localhost:${httpPort}`), {
      timeoutMs: 30_000,
    });
    await waitFor(() => isReady(httpPort), { timeoutMs: 10_000 });

    const serverPid = execFileSync('pgrep', [
      '-P',
      String(child.pid),
      '-f',
      'grpc-server',
    ]).toString();
    process.kill(Number(serverPid), 'SIGKILL');
    await waitFor(() => output().includes('grpc-server ended (SIGKILL)'), { timeoutMs: 10_000 });
    await waitFor(() => output().split('"msg":"serving"').length === 3, { timeoutMs: 20_000 });
    await waitFor(() => isReady(httpPort), { timeoutMs: 15_000 });

    const stoppedMs = performance.now();
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    expect(performance.now() - stoppedMs).toBeLessThan(MAX_STOP_MS);
    expect(output()).toContain('"msg":"closed"');
  },
  TIMEOUT_MS,
);

test(
  'a wrong setting is told with a suggestion, and nothing starts',
  async () => {
    const { child, output } = start('--ws-prt', '1', '--guests', 'perhaps');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(78);
    expect(output()).toContain('did you mean --ws-port?');
    expect(output()).toContain('must be on or off');
  },
  TIMEOUT_MS,
);
