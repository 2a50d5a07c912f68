import { readFileSync } from 'node:fs';
import { serverSchema } from '@chat/grpc-server';
import { EXIT_BAD_CONFIG, readSettings } from '@chat/settings';
import { gatewaySchema } from '@chat/ws-gateway';
import { z } from 'zod';
import { doorLines, startSystem, stopOnSignal } from './system.ts';

// `pnpm start`: server and gateway from the build, one process tree, one log.

const startedMs = performance.now();
const outcome = readSettings(
  {
    name: 'chat',
    summary: 'Starts the chat: server, gateway and web app.',
    schema: z.object({ ...serverSchema.shape, ...gatewaySchema.shape }),
  },
  {
    argv: process.argv.slice(2),
    env: process.env,
    readFile: (path) => readFileSync(path, 'utf8'),
  },
);

if (outcome.kind === 'text') {
  process.stdout.write(outcome.text);
} else if (outcome.kind === 'faults') {
  for (const fault of outcome.faults) process.stderr.write(`chat: ${fault}\n`);
  process.exitCode = EXIT_BAD_CONFIG;
} else {
  const report = (line: string): void => console.error(line);
  try {
    const system = await startSystem({
      // The file was read here; each process gets what concerns it as environment.
      env: { ...outcome.given, CHAT_CONFIG: '' },
      report,
    });
    report(doorLines(system.doors, startedMs));
    await stopOnSignal(system, () => Promise.resolve());
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
