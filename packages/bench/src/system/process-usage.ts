import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface ProcessUsage {
  /** User and system time of all its threads. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** Linux tells CPU time in hundredths of a second and memory in pages. */
const MS_PER_TICK = 10;
const PAGE_BYTES = 4096;

/** Reads /proc. Throws when the process is gone or the system is not Linux. */
export function processUsage(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name in parentheses may hold spaces; the fields behind it count from the third.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
  return { cpuMs: ticks * MS_PER_TICK, rssBytes: pages * PAGE_BYTES };
}

/** CPU time that the processes used since the call, in milliseconds. */
export function cpuMeter(pids: readonly number[]): () => number {
  const sum = (): number => pids.reduce((total, pid) => total + processUsage(pid).cpuMs, 0);
  const before = sum();
  return () => sum() - before;
}

/** CPU time that the whole machine used since the call, in milliseconds. */
export function machineCpuMeter(): () => number {
  const before = machineBusyMs();
  return () => machineBusyMs() - before;
}

function machineBusyMs(): number {
  const [total = ''] = readFileSync('/proc/stat', 'latin1').split('\n', 1);
  // cpu user nice system idle iowait irq softirq steal …
  const ticks = total.split(/\s+/).slice(1, 9).map(Number);
  const idle = (ticks[3] ?? 0) + (ticks[4] ?? 0);
  return (ticks.reduce((sum, value) => sum + value, 0) - idle) * MS_PER_TICK;
}
