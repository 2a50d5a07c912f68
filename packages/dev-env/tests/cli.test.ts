import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { type ChatProcesses, startProcesses } from '../src/start-processes.ts';
import { connectGuest } from './guest.ts';

// The program as a person or a script starts it, against the real system, over both ways to it.

const MAIN = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url));
const PROGRAM_TIMEOUT_MS = 15_000;

let processes: ChatProcesses;
let dataDir: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chat-cli-'));
  processes = await startProcesses({
    dataDir,
    grpcPort: 0,
    httpPort: 0,
    env: { CHAT_RATE_LIMITS: 'off' },
  });
}, 60_000);

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

afterAll(async () => {
  await processes[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});

/** One run of the program with piped input and output. */
function chat(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--conditions=chat-source', MAIN, ...argv], {
    env: { ...process.env, TZ: 'UTC', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  const waiters = new Set<() => void>();
  const wake = (): void => {
    for (const waiter of waiters) waiter();
  };
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    wake();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
    wake();
  });
  // A program that ended does not read what is still written to it.
  child.stdin.on('error', () => undefined);
  const exited = once(child, 'close').then(([code]: unknown[]) => code);
  return {
    type: (text: string) => child.stdin.write(`${text}\n`),
    endInput: () => child.stdin.end(),
    interrupt: () => child.kill('SIGINT'),
    exited,
    stdout: () => stdout,
    stderr: () => stderr,
    lines: () => stdout.split('\n').filter((line) => line !== ''),
    /** Resolves when the output holds the pattern; rejects with all of it when it never does. */
    shows: (pattern: RegExp) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`no ${String(pattern)} in:\n${stdout}\n--- stderr\n${stderr}`));
        }, PROGRAM_TIMEOUT_MS);
        const look = (): void => {
          if (!pattern.test(stdout) && !pattern.test(stderr)) return;
          clearTimeout(timer);
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
  };
}

const WAYS: readonly (readonly [string, () => string])[] = [
  ['gRPC', () => processes.grpcAddress],
  ['the gateway', () => processes.bridgeUrl],
];

test.each(WAYS)(
  'two people talk over %s, and each sees the other come and go',
  async (way, address) => {
    const room = `talk-${way.length}`;
    const alice = chat(['Alice', room, address(), '--follow']);
    await alice.shows(/>>> Alice joined the room/);
    const bob = chat(['Bob', room, address()]);
    await alice.shows(/^\[\d\d:\d\d:\d\d\] >>> Bob joined the room$/m);
    bob.type('Hi');
    await alice.shows(/^\[\d\d:\d\d:\d\d\] Bob: Hi$/m);
    alice.type('Hello \u202eBob');
    await bob.shows(/Alice: Hello \\u202eBob$/m);
    bob.endInput();
    expect(await bob.exited).toBe(0);
    await alice.shows(/^\[\d\d:\d\d:\d\d\] <<< Bob left the room$/m);
    alice.interrupt();
    expect(await alice.exited).toBe(130);
    expect(alice.stderr()).toBe('');
  },
  60_000,
);

test.each(WAYS)(
  'a pipe over %s sends every line in order, waits for the commits, and frees the name',
  async (way, address) => {
    const room = `pipe-${way.length}`;
    const texts = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    const first = chat(['ci', room, address()]);
    for (const text of texts) first.type(text);
    first.endInput();
    expect(await first.exited).toBe(0);

    const second = chat(['ci', room, address(), '--history', '100', '--json']);
    second.endInput();
    expect(await second.exited).toBe(0);
    const events = second.lines().map((line): { kind: string; text?: string } => JSON.parse(line));
    const read = events.filter(({ kind }) => kind === 'message').map(({ text }) => text);
    // Joins and leaves share the hundred.
    expect(read.length).toBeGreaterThan(90);
    expect(read).toEqual(texts.slice(-read.length));
  },
  60_000,
);

test.each(WAYS)(
  'a private room over %s opens for its code and its password only',
  async (way, address) => {
    const owner = await connectGuest(processes.bridgeUrl, `owner ${way.length}`);
    try {
      const { code } = await owner.client.rooms.create({
        name: `secret-${way.length}`,
        private: true,
        password: 'sesame',
      });
      const wrong = chat(['Bob', code, address(), '--password', 'open']);
      wrong.endInput();
      expect(await wrong.exited).toBe(4);
      expect(wrong.stderr()).toMatch(/wrong room password/);

      const right = chat(['Bob', `https://chat.example/j/${code}`, address()], {
        CHAT_ROOM_PASSWORD: 'sesame',
      });
      right.type('in');
      right.endInput();
      expect(await right.exited).toBe(0);

      const unknown = chat(['Bob', '/j/00000000', address()]);
      unknown.endInput();
      expect(await unknown.exited).toBe(4);
    } finally {
      await owner.client[Symbol.asyncDispose]();
    }
  },
  60_000,
);

test.each(WAYS)(
  'what is typed over %s while the server is killed arrives once it is back',
  async (way, address) => {
    const alice = chat(['Alice', `kill-${way.length}`, address(), '--follow']);
    await alice.shows(/>>> Alice joined the room/);
    await processes.server().kill();
    // A gateway hides the loss: its socket stays open.
    const tellsLoss = way === 'gRPC';
    if (tellsLoss) await alice.shows(/connection lost/);
    alice.type('typed into the dark');
    await processes.killAndRestart('server');
    if (tellsLoss) await alice.shows(/connected again/);
    await alice.shows(/Alice: typed into the dark$/m);
    alice.interrupt();
    expect(await alice.exited).toBe(130);
    expect(alice.stdout().match(/typed into the dark/g)).toHaveLength(1);
  },
  60_000,
);

test('/who, /rooms, /join and a taken name', async () => {
  const alice = chat(['Alice', 'lobby', processes.grpcAddress, '--follow']);
  await alice.shows(/>>> Alice joined the room/);
  const twin = chat(['Alice', 'lobby', processes.grpcAddress]);
  twin.endInput();
  expect(await twin.exited).toBe(4);
  expect(twin.stderr()).toMatch(/name/);
  alice.type('/who');
  await alice.shows(/1 members, 1 here\n\* Alice \(owner\)/);
  alice.type('/rooms');
  await alice.shows(/#lobby {2}1 member/);
  alice.type('/join annex');
  alice.type('moved');
  await alice.shows(/Alice: moved/);
  alice.type('/quit');
  expect(await alice.exited).toBe(0);
}, 60_000);

test.each([
  ['gRPC', '127.0.0.1:1'],
  ['the gateway', 'ws://127.0.0.1:1/bridge'],
])(
  'a server that is not there ends with 3 over %s',
  async (_way, address) => {
    const lost = chat(['Alice', 'general', address]);
    expect(await lost.exited).toBe(3);
    expect(lost.stderr()).toMatch(/^chat: /);
  },
  30_000,
);
