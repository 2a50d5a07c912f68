import { quietMoment } from '../system/quiet-moment.ts';
import type { FanOutTarget } from './fan-out-target.ts';
import { measureRate, type RateResult } from './measure-rate.ts';

/** The system and its baseline at the same rate, one after the other. */
export interface Beside {
  readonly ours: RateResult;
  readonly bare: RateResult;
}

/**
 * Measures both in turns and keeps the turn that others on this machine disturbed least: an hour, or another
 * compiler, changes absolute numbers more than anything that is compared here.
 */
export async function measureBeside(
  targets: { readonly ours: FanOutTarget; readonly bare: FanOutTarget },
  messagesPerSecond: number,
  durationMs: number,
  turns: number,
  maxQuietWaitMs: number,
): Promise<Beside> {
  // The first second pays for compilation.
  await measureRate(targets.bare, messagesPerSecond, 1_000);
  await measureRate(targets.ours, messagesPerSecond, 1_000);
  let best: Beside | undefined;
  for (let turn = 0; turn < turns; turn += 1) {
    await quietMoment(maxQuietWaitMs);
    const bare = await measureRate(targets.bare, messagesPerSecond, durationMs);
    await quietMoment(maxQuietWaitMs);
    const ours = await measureRate(targets.ours, messagesPerSecond, durationMs);
    const beside = { ours, bare };
    if (best === undefined || disturbance(beside) < disturbance(best)) best = beside;
  }
  if (best === undefined) throw new RangeError('at least one turn');
  return best;
}

function disturbance({ ours, bare }: Beside): number {
  return ours.foreignLoad + bare.foreignLoad;
}
