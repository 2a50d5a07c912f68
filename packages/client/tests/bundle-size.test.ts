import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const program = fileURLToPath(new URL('./bundle.ts', import.meta.url));

test.each([
  [
    'the core: calls of any service over one WebSocket',
    'createBridgeLink, createClient, ChatClientError',
    20_000,
  ],
  ['the chat client with the messages it uses', 'createChatClient', 36_000],
])(
  '%s stays small and without Node',
  async (name, exports, maxGzipBytes) => {
    const { stdout } = await run(process.execPath, [program, exports], { maxBuffer: 4_194_304 });
    const gzipBytes = gzipSync(stdout, { level: 9 }).length;
    process.stdout.write(`${name}: ${gzipBytes} bytes gzip (at most ${maxGzipBytes})\n`);
    expect(gzipBytes).toBeLessThanOrEqual(maxGzipBytes);
    expect(stdout).not.toMatch(/from\s*["'](?:node:|ws["'])|require\(|grpc-js/);
  },
  20_000,
);
