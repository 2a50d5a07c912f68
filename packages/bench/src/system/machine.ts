import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Open files a process may have. */
  readonly maxOpenFiles: number;
  /** Runnable processes in the last minute before the run; above 0.5 somebody else was at work. */
  readonly loadBefore: number;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    maxOpenFiles: maxOpenFiles(),
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}

function maxOpenFiles(): number {
  const line = /Max open files\s+(\S+)/.exec(readFileSync('/proc/self/limits', 'latin1'));
  return line?.[1] === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(line?.[1] ?? 1024);
}
