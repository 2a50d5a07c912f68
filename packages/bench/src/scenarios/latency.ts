import { type FanOutTarget, openBareRoom, openOurRoom } from '../load/fan-out-target.ts';
import { measureRate, type RateResult } from '../load/measure-rate.ts';
import { startBenchSystem } from '../system/bench-system.ts';
import type { Scenario } from './scenario.ts';

const MEMBERS = 200;
const MESSAGES_PER_SECOND = 50;

/** A lively small room, far from any limit. */
export const latency: Scenario = {
  name: 'latency',
  summary: `delivery and ack of a room of ${MEMBERS} with ${MESSAGES_PER_SECOND} durable messages a second`,
  async run(effort) {
    const durationMs = effort.full ? 10_000 : 2_000;
    const bare = await measure(await openBareRoom(MEMBERS), durationMs);
    await using system = await startBenchSystem();
    const ours = await measure(await openOurRoom(system, MEMBERS), durationMs);
    const size = `${MEMBERS} members x ${MESSAGES_PER_SECOND} msg/s`;
    const common = {
      scenario: 'latency',
      unit: 'ms',
      moreIsBetter: false,
      remark:
        ours.fault ||
        `others ${Math.round(ours.foreignLoad * 100)} % (bare ${Math.round(bare.foreignLoad * 100)} %) of a core`,
    };
    return [
      { ...common, name: `${size}, delivery p50`, ours: ours.p50Ms, baseline: bare.p50Ms },
      { ...common, name: `${size}, delivery p99`, ours: ours.p99Ms, baseline: bare.p99Ms },
      { ...common, name: `${size}, ack p99`, ours: ours.ackP99Ms, baseline: undefined },
    ];
  },
};

async function measure(target: FanOutTarget, durationMs: number): Promise<RateResult> {
  try {
    await measureRate(target, MESSAGES_PER_SECOND, 1_000);
    return await measureRate(target, MESSAGES_PER_SECOND, durationMs);
  } finally {
    await target.close();
  }
}
