import { expect, test } from '@jest/globals';
import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isReadyMessage } from '@chat/settings';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(...flags: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = fork(MAIN, flags, { execArgv: ['--conditions=chat-source'], silent: true });
  let output = '';
  const collect = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, output }));
  });
  return { child, ended };
}

test('[G15] SIGTERM ends the process with 0', async () => {
  const { child, ended } = start('--ws-host', '127.0.0.1', '--ws-port', '0', '--drain-ms', '100');
  const url = await new Promise<string>((resolve) => {
    child.once('message', (message) => {
      resolve(isReadyMessage(message) ? `http://${message.doors['http']}` : '');
    });
  });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  const { code, output } = await ended;
  expect(code).toBe(0);
  expect(output).toContain('"msg":"closed"');
}, 15_000);

test('a chosen port that is taken is one clear line and status 1, never another port', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  const { code, output } = await start('--ws-host', '127.0.0.1', '--ws-port', String(port)).ended;
  expect(code).toBe(1);
  expect(output.trim().split('\n')).toHaveLength(1);
  expect(output).toContain(`cannot listen on 127.0.0.1:${port}: it is in use by another program`);
  await new Promise((resolve) => other.close(resolve));
}, 15_000);

test('[A19] wrong settings end the process with 78 and name every fault', async () => {
  const { code, output } = await start('--ws-port', '99999', '--grpc-addr', 'nowhere').ended;
  expect(code).toBe(78);
  expect(output).toContain('--ws-port');
  expect(output).toContain('--grpc-addr');
}, 15_000);
