import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

describe('the server as a process', () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function start(env: Record<string, string>, ...argv: string[]) {
    const dataDir = await mkdtemp(join(tmpdir(), 'chat-process-'));
    const child = spawn(process.execPath, ['--conditions=chat-source', MAIN, ...argv], {
      env: {
        PATH: process.env['PATH'],
        CHAT_DATA_DIR: dataDir,
        CHAT_GRPC_LISTEN: '127.0.0.1:0',
        CHAT_METRICS_LISTEN: '',
        CHAT_LOG_FORMAT: 'json',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = once(child, 'exit');
    closers.push(async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(dataDir, { recursive: true });
    });
    let output = '';
    const grew: (() => void)[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        output += bytes.toString();
        for (const resolve of grew.splice(0)) resolve();
      });
    }
    return {
      child,
      exited: exited.then(([code]) => code as unknown),
      output: () => output,
      async says(text: string): Promise<void> {
        while (!output.includes(text)) await new Promise<void>((resolve) => grew.push(resolve));
      },
    };
  }

  test('[G15] SIGTERM drains and ends with 0', async () => {
    const server = await start({});
    await server.says('"serving"');
    server.child.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(server.output()).toContain('"closed"');
  }, 20_000);

  test('wrong settings end with 78 and name every fault', async () => {
    const server = await start({ CHAT_GUESTS: 'perhaps' }, '--grpc-lisen', 'x');
    expect(await server.exited).toBe(78);
    expect(server.output()).toContain('did you mean --grpc-listen?');
    expect(server.output()).toContain('CHAT_GUESTS: must be on or off');
  }, 20_000);

  test('an address in use ends with 1 and says so', async () => {
    const first = await start({});
    await first.says('"serving"');
    const port = /"port":(\d+)/.exec(first.output())?.[1];
    const second = await start({ CHAT_GRPC_LISTEN: `127.0.0.1:${port}` });
    expect(await second.exited).toBe(1);
    expect(second.output()).toContain('cannot start');
  }, 20_000);
});
