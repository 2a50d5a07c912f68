import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { startChat } from '../src/start-chat.ts';
import { connectGuest } from './guest.ts';

const PROGRAM = fileURLToPath(new URL('../../../examples/python/bridge_chat.py', import.meta.url));
const TIMEOUT_MS = 30_000;

/** A Python that has the package `websockets`, as Debian's python3-websockets gives it; undefined = none here. */
function findPython(): string | undefined {
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      execFileSync(python, ['-c', 'import websockets'], { stdio: 'ignore' });
      return python;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

const python = findPython();
if (python === undefined && process.env['CI'] !== undefined) {
  throw new Error('CI needs python3 with websockets (Debian: python3-websockets)');
}
if (python === undefined) {
  console.log('skipped: the Python client, because no python3 with the package websockets is here');
}

(python === undefined ? test.skip : test)(
  'a client in another language, written from the protocol page, sends what members read',
  async () => {
    await using chat = await startChat();
    const reader = await connectGuest(chat.bridgeUrl, 'Reader');
    try {
      const { roomId } = await reader.client.rooms.join({ name: 'welcome' });
      await reader.client.timeline(roomId).open();
      const heard: string[] = [];
      const both = new Promise<void>((resolve) => {
        reader.client.onEvent((event) => {
          if (event.type !== 'message' || event.item.own) return;
          heard.push(`${event.item.senderName}: ${event.item.text}`);
          if (heard.length === 2) resolve();
        });
      });

      const program = spawn(python ?? '', [PROGRAM, 'Monty', chat.bridgeUrl]);
      let output = '';
      program.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
      program.stdin.end('hello from Python\nand a second line\n');
      const [code] = (await once(program, 'exit')) as [number | null];
      await both;

      expect(code).toBe(0);
      expect(output.match(/stored at \d+/g)).toHaveLength(2);
      expect(heard).toEqual(['Monty: hello from Python', 'Monty: and a second line']);
    } finally {
      await reader.client[Symbol.asyncDispose]();
    }
  },
  TIMEOUT_MS,
);
