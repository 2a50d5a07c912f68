import { type FanOutTarget, openBareRoom, openOurRoom } from '../load/fan-out-target.ts';
import { measureBeside } from '../load/measure-beside.ts';
import { findBestRate, type RateResult } from '../load/measure-rate.ts';
import { startBenchSystem } from '../system/bench-system.ts';
import type { Effort, Figure, Scenario } from './scenario.ts';

/** The rate at which CPU per delivery and latency are compared: about one write per delivery for everyone. */
const CALM_RATE = 100;

/** One room, many sockets: how far does it go, and what does a delivery cost? */
export const fanOut: Scenario = {
  name: 'fan-out',
  summary: 'durable messages of one room to 500 and 1,000 sockets, beside a bare ws broadcast',
  async run(effort) {
    const figures: Figure[] = [];
    for (const sockets of effort.full ? [500, 1_000] : [500])
      figures.push(...(await runSize(sockets, effort)));
    return figures;
  },
};

interface Measured {
  readonly calm: RateResult;
  readonly best: RateResult;
}

async function runSize(sockets: number, effort: Effort): Promise<readonly Figure[]> {
  await using system = await startBenchSystem();
  const rooms = { ours: await openOurRoom(system, sockets), bare: await openBareRoom(sockets) };
  try {
    const calm = await measureBeside(
      rooms,
      CALM_RATE,
      effort.full ? 4_000 : 1_500,
      effort.full ? 3 : 1,
      effort.maxQuietWaitMs,
    );
    say(effort, 'bare ws', sockets, calm.bare);
    say(effort, 'ours', sockets, calm.ours);
    const bareBest = await search(rooms.bare, 'bare ws', effort);
    const ourBest = await search(rooms.ours, 'ours', effort);
    return toFigures(
      sockets,
      { calm: calm.ours, best: ourBest ?? calm.ours },
      { calm: calm.bare, best: bareBest ?? calm.bare },
    );
  } finally {
    await Promise.all([rooms.bare.close(), rooms.ours.close()]);
  }
}

function search(
  target: FanOutTarget,
  name: string,
  effort: Effort,
): Promise<RateResult | undefined> {
  return findBestRate(
    target,
    150,
    effort.full ? 2_000 : 800,
    performance.now() + (effort.full ? 75_000 : 6_000),
    (result) => say(effort, name, target.sockets, result),
    effort.maxQuietWaitMs,
  );
}

function toFigures(sockets: number, ours: Measured, bare: Measured): readonly Figure[] {
  const size = `1 room x ${sockets}`;
  const figure = (
    name: string,
    unit: string,
    pick: (measured: Measured) => number,
    more: { readonly moreIsBetter?: boolean; readonly remark?: string } = {},
  ): Figure => ({
    scenario: 'fan-out',
    name: `${size}, ${name}`,
    ours: pick(ours),
    baseline: pick(bare),
    unit,
    moreIsBetter: more.moreIsBetter ?? false,
    remark: more.remark ?? '',
  });
  return [
    figure('most deliveries', 'deliveries/s', ({ best }) => best.deliveriesPerSecond, {
      moreIsBetter: true,
      remark: `p99 ${ms(ours.best.p99Ms)} (bare ${ms(bare.best.p99Ms)}), generator ${percent(ours.best.generatorLoad)} (bare ${percent(bare.best.generatorLoad)})`,
    }),
    figure('CPU of the edge there', 'us/delivery', ({ best }) => best.edgeCpuUs, {
      remark: `with the server ${ours.best.cpuUs.toFixed(1)}`,
    }),
    figure(`CPU of the edge at ${CALM_RATE} msg/s`, 'us/delivery', ({ calm }) => calm.edgeCpuUs, {
      remark: `with the server ${ours.calm.cpuUs.toFixed(1)}`,
    }),
    figure(`p50 at ${CALM_RATE} msg/s`, 'ms', ({ calm }) => calm.p50Ms),
    figure(`p99 at ${CALM_RATE} msg/s`, 'ms', ({ calm }) => calm.p99Ms, {
      remark: `ack p99 ${ms(ours.calm.ackP99Ms)}; others ${percent(ours.calm.foreignLoad)} (bare ${percent(bare.calm.foreignLoad)}) of a core`,
    }),
  ];
}

function say(effort: Effort, name: string, sockets: number, result: RateResult): void {
  effort.say(
    `  ${name} x ${sockets}: ${result.messagesPerSecond} msg/s -> ${Math.round(result.deliveriesPerSecond)} deliveries/s, ` +
      `p50 ${ms(result.p50Ms)}, p99 ${ms(result.p99Ms)}, edge ${result.edgeCpuUs.toFixed(1)} us, all ${result.cpuUs.toFixed(1)} us, ` +
      `generator ${percent(result.generatorLoad)}, others ${percent(result.foreignLoad)}${result.held ? '' : `, NOT HELD: ${result.fault}`}`,
  );
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}
