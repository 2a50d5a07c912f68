import { setTimeout as delay } from 'node:timers/promises';
import { quietMoment } from '../system/quiet-moment.ts';
import { cpuMeter, machineCpuMeter } from '../system/process-usage.ts';
import type { FanOutTarget } from './fan-out-target.ts';
import { runOpenLoop, waitUntil } from './open-loop.ts';
import { percentiles, type Tally } from './tally.ts';

/** What one rate did. */
export interface RateResult {
  readonly messagesPerSecond: number;
  readonly deliveriesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly ackP99Ms: number;
  /** CPU of the process that writes to the sockets, for each delivery. */
  readonly edgeCpuUs: number;
  /** CPU of all processes of the system, for each delivery. */
  readonly cpuUs: number;
  /** Share of one core that the generator itself used. */
  readonly generatorLoad: number;
  /** What others on this machine used meanwhile, in cores; above 0.2 the latencies are theirs. */
  readonly foreignLoad: number;
  /** Everything arrived, and in time. */
  readonly held: boolean;
  /** Why it was not held; empty when it was. */
  readonly fault: string;
}

/** What is not there by then counts as lost. */
const DRAIN_MS = 3_000;
/** A backlog is given up after a minute. */
const SETTLE_ROUND_MS = 500;
const MAX_SETTLE_ROUNDS = 120;
/** A rate is held when its p99 stays below. */
export const HELD_P99_MS = 250;

/** When others use more than this, a failure says nothing. */
const DISTURBED_CORES = 0.5;
/** A rate that fails so often in a row is too much. */
const MAX_MISSES = 3;

/** Publishes at a rate and waits for what is on its way. */
export async function measureRate(
  target: FanOutTarget,
  messagesPerSecond: number,
  durationMs: number,
): Promise<RateResult> {
  const tally = target.reset();
  const edgeCpu = cpuMeter([target.edgePid]);
  const allCpu = cpuMeter(target.pids);
  const machineCpu = machineCpuMeter();
  const generatorBefore = process.cpuUsage();
  const startMs = performance.now();
  const { sent } = await runOpenLoop({
    messagesPerSecond,
    durationMs,
    publish: (index, dueMs) => target.publish(index, dueMs),
  });
  const expected = sent * target.sockets;
  const complete = await waitUntil(() => tally.deliveries >= expected, DRAIN_MS);
  const elapsedMs = performance.now() - startMs;
  const { deliveries } = tally;
  const generator = process.cpuUsage(generatorBefore);
  const generatorMs = (generator.user + generator.system) / 1000;
  const systemMs = allCpu();
  const foreignMs = Math.max(0, machineCpu() - generatorMs - systemMs);
  const { p50Ms, p99Ms } = percentiles(tally.delivery);
  const fault =
    tally.firstFailure ??
    ((complete ? '' : `${expected - deliveries} of ${expected} deliveries missing`) ||
      (p99Ms <= HELD_P99_MS ? '' : `p99 ${p99Ms.toFixed(0)} ms`));
  const result = {
    messagesPerSecond,
    deliveriesPerSecond: deliveries / (elapsedMs / 1000),
    p50Ms,
    p99Ms,
    ackP99Ms: percentiles(tally.ack).p99Ms,
    edgeCpuUs: (edgeCpu() * 1000) / Math.max(1, deliveries),
    cpuUs: (systemMs * 1000) / Math.max(1, deliveries),
    generatorLoad: generatorMs / elapsedMs,
    foreignLoad: foreignMs / elapsedMs,
    held: fault === '',
    fault,
  };
  // What comes late must not be counted in the next run.
  if (!complete) await settled(tally);
  return result;
}

/** Resolves when nothing has arrived for a while. */
async function settled(tally: Tally): Promise<void> {
  let before = -1;
  for (let round = 0; round < MAX_SETTLE_ROUNDS && tally.deliveries !== before; round += 1) {
    before = tally.deliveries;
    await delay(SETTLE_ROUND_MS);
  }
}

/** Raises the rate by half until it is not held any more; answers the best held one, or undefined. */
export async function findBestRate(
  target: FanOutTarget,
  firstRate: number,
  stepMs: number,
  untilMs: number,
  onStep: (result: RateResult) => void,
  maxQuietWaitMs: number,
): Promise<RateResult | undefined> {
  let best: RateResult | undefined;
  let misses = 0;
  for (let rate = firstRate; performance.now() < untilMs; rate *= 1.5) {
    await quietMoment(maxQuietWaitMs);
    const result = await measureRate(target, Math.round(rate), stepMs);
    onStep(result);
    if (result.held) {
      best = result;
      misses = 0;
    } else {
      // A disturbed step on a shared machine does not end the search; the same rate is tried again.
      if (result.foreignLoad < DISTURBED_CORES) misses += 1;
      if (misses === MAX_MISSES) break;
      rate /= 1.5;
    }
  }
  return best;
}
