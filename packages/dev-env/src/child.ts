import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { isReadyMessage, type ReadyMessage } from '@chat/settings';

/** How to start one process of the system. */
export interface ChildOptions {
  /** For logs and errors. */
  readonly name: string;
  /** Arguments of Node: options, the entry file, its own arguments. */
  readonly argv: readonly string[];
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** `inherit` shares this process's output; `capture` keeps the newest lines for error texts. */
  readonly output: 'inherit' | 'capture';
  /** How long it may take until it is ready. */
  readonly readyTimeoutMs: number;
}

/** A running process. Whoever started it must stop or kill it. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly doors: ReadyMessage['doors'];
  /** Resolves with the exit code, or the name of the signal, when the process is gone. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** The newest captured output, at most 64 KiB; empty when inherited. */
  output(): string;
  /** Asks the process to end, and kills it after `graceMs`. Resolves as `exited`. */
  stop(graceMs: number): Promise<number | NodeJS.Signals>;
  /** kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
}

const MAX_OUTPUT_CHARS = 65_536;

/** Starts a process and waits until it says that it is ready. Rejects, with its output, when it ends or stalls before. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name } = options;
  const child = spawn(process.execPath, [...options.argv], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', ...outputs(options.output), 'ipc'],
  });
  const captured = capture(child);
  const exited = once(child, 'exit').then(
    ([code, signal]: (number | NodeJS.Signals | null)[]) => signal ?? code ?? 0,
  );
  const ready = await firstReady(child, exited, options, captured);
  // The channel stays open, so that the child notices when this process is gone, but keeps nobody alive.
  child.channel?.unref();
  return {
    name,
    pid: child.pid ?? 0,
    doors: ready.doors,
    exited,
    output: captured,
    async stop(graceMs) {
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      child.kill('SIGTERM');
      const result = await exited;
      clearTimeout(timer);
      return result;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function outputs(mode: ChildOptions['output']): ['inherit', 'inherit'] | ['pipe', 'pipe'] {
  return mode === 'inherit' ? ['inherit', 'inherit'] : ['pipe', 'pipe'];
}

function capture(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer): void => {
    text = (text + chunk.toString()).slice(-MAX_OUTPUT_CHARS);
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}

function firstReady(
  child: ChildProcess,
  exited: Promise<number | NodeJS.Signals>,
  { name, readyTimeoutMs }: ChildOptions,
  output: () => string,
): Promise<ReadyMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${name} was not ready after ${readyTimeoutMs} ms\n${output()}`));
    }, readyTimeoutMs);
    child.on('message', (message) => {
      if (!isReadyMessage(message)) return;
      clearTimeout(timer);
      resolve(message);
    });
    exited.then(
      (how) => {
        clearTimeout(timer);
        reject(new Error(`${name} ended (${how}) before it was ready\n${output()}`));
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
