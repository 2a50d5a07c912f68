import type { Child } from './child.ts';

/** One supervised process: how to start it, and what to do when it is up. */
export interface Unit {
  readonly name: string;
  readonly start: () => Promise<Child>;
  readonly onReady: (child: Child) => void;
}

/** Keeps the processes of a system running until it is stopped. */
export interface Supervisor {
  /** Ends one process and starts it again, as after a change of its sources. */
  restart(name: string): Promise<void>;
  /** Stops every process, the last started first, each within `graceMs`. */
  stop(graceMs: number): Promise<void>;
}

/** A crashed process comes back after this long, doubled up to the maximum while it keeps crashing. */
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
/** A process that lived this long has recovered. */
const HEALTHY_AFTER_MS = 10_000;

/** Starts the units in order, each when the one before is ready; rejects when one of them can't start. */
export async function supervise(
  units: readonly Unit[],
  report: (line: string) => void,
): Promise<Supervisor> {
  const running = new Map<string, Child>();
  const restarting = new Set<string>();
  let stopping = false;

  const start = async (unit: Unit): Promise<void> => {
    const child = await unit.start();
    if (stopping) {
      await child.kill();
      return;
    }
    running.set(unit.name, child);
    unit.onReady(child);
    void watch(unit, child, Date.now());
  };

  const watch = async (unit: Unit, child: Child, startedMs: number): Promise<void> => {
    const how = await child.exited;
    running.delete(unit.name);
    if (stopping || restarting.has(unit.name)) return;
    report(`${unit.name} ended (${how}); starting it again`);
    await revive(unit, Date.now() - startedMs > HEALTHY_AFTER_MS ? 0 : FIRST_DELAY_MS);
  };

  const revive = async (unit: Unit, firstDelayMs: number): Promise<void> => {
    for (
      let delayMs = firstDelayMs;
      !stopping;
      delayMs = Math.min(MAX_DELAY_MS, delayMs * 2 || FIRST_DELAY_MS)
    ) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      if (stopping) return;
      try {
        await start(unit);
        return;
      } catch (error) {
        report(error instanceof Error ? error.message : String(error));
      }
    }
  };

  try {
    for (const unit of units) await start(unit);
  } catch (error) {
    stopping = true;
    await Promise.all([...running.values()].map((child) => child.kill()));
    throw error;
  }

  return {
    async restart(name) {
      const unit = units.find((candidate) => candidate.name === name);
      const child = running.get(name);
      if (unit === undefined || child === undefined || restarting.has(name)) return;
      restarting.add(name);
      try {
        await child.stop(10_000);
      } finally {
        restarting.delete(name);
      }
      await revive(unit, 0);
    },
    async stop(graceMs) {
      stopping = true;
      for (const { name } of units.toReversed()) await running.get(name)?.stop(graceMs);
    },
  };
}
