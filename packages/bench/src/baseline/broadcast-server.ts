import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A running baseline process. */
export interface BroadcastServer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the bare `ws` broadcast in a process of its own. */
export async function startBroadcastServer(): Promise<BroadcastServer> {
  const entry = new URL(
    import.meta.url.endsWith('.ts') ? './broadcast.child.ts' : './broadcast.child.js',
    import.meta.url,
  );
  const child = fork(entry, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const message = await new Promise<unknown>((resolve) => child.once('message', resolve));
  if (typeof message !== 'object' || message === null || !('port' in message))
    throw new Error('the baseline gave no port');
  return {
    pid: child.pid ?? 0,
    port: Number(message.port),
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
