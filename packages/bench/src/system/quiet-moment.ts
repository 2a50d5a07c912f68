import { setTimeout as delay } from 'node:timers/promises';
import { machineCpuMeter } from './process-usage.ts';

const WINDOW_MS = 250;
/** Cores in use below which a machine counts as quiet. */
const QUIET_CORES = 0.4;

/** Waits until nobody else uses the machine, at most `timeoutMs`; 0 does not wait. */
export async function quietMoment(timeoutMs: number): Promise<void> {
  const untilMs = performance.now() + timeoutMs;
  while (performance.now() < untilMs) {
    const busy = machineCpuMeter();
    const startMs = performance.now();
    await delay(WINDOW_MS);
    if (busy() / (performance.now() - startMs) < QUIET_CORES) return;
  }
}
