import { startFsyncProbe } from '../baseline/fsync-probe.ts';
import { openBareRoom, openOurRoom } from '../load/fan-out-target.ts';
import { measureBeside } from '../load/measure-beside.ts';
import { startBenchSystem } from '../system/bench-system.ts';
import type { Scenario } from './scenario.ts';

const MEMBERS = 200;
const MESSAGES_PER_SECOND = 50;

/** A lively small room, far from any limit. */
export const latency: Scenario = {
  name: 'latency',
  summary: `delivery and ack of a room of ${MEMBERS} with ${MESSAGES_PER_SECOND} durable messages a second`,
  async run(effort) {
    await using system = await startBenchSystem();
    const bareRoom = await openBareRoom(MEMBERS);
    const ourRoom = await openOurRoom(system, MEMBERS);
    const rooms = { ours: ourRoom, bare: bareRoom };
    const disk = await startFsyncProbe();
    const { ours, bare } = await measureBeside(
      rooms,
      MESSAGES_PER_SECOND,
      effort.full ? 6_000 : 2_000,
      effort.full ? 3 : 1,
      effort.maxQuietWaitMs,
    );
    await Promise.all([bareRoom.close(), ourRoom.close()]);
    const sync = await disk.stop();
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
      {
        ...common,
        name: `${size}, ack p99`,
        ours: ours.ackP99Ms,
        baseline: sync.p99Ms,
        remark: `baseline: one fdatasync on the same disk meanwhile (p50 ${sync.p50Ms.toFixed(1)} ms)`,
      },
    ];
  },
};
