import { setTimeout as delay } from 'node:timers/promises';
import { bareInsertsPerSecond } from '../baseline/insert-loop.ts';
import { openBridgeClient } from '../load/bridge-client.ts';
import { sendMessage } from '../load/fan-out-target.ts';
import { mapParallel } from '../load/open-loop.ts';
import { createTally, percentiles } from '../load/tally.ts';
import { startBenchSystem } from '../system/bench-system.ts';
import { createPeople } from '../system/people.ts';
import { cpuMeter } from '../system/process-usage.ts';
import { quietMoment } from '../system/quiet-moment.ts';
import type { Scenario } from './scenario.ts';

const SENDERS = 100;
const ROOMS = 10;
/** Messages that each sender has unanswered. */
const WINDOWS = [1, 8] as const;

/** Acknowledged, fsynced messages a second, with nobody listening. */
export const durableSends: Scenario = {
  name: 'durable-sends',
  summary: `${SENDERS} senders in ${ROOMS} rooms, each waiting for its acks, beside a bare SQLite insert loop`,
  async run(effort) {
    const durationMs = effort.full ? 6_000 : 1_500;
    await using system = await startBenchSystem();
    const people = createPeople(system.processes.grpcAddress);
    const guests = await people.guests(SENDERS);
    const roomIds = await mapParallel(ROOMS, ROOMS, (room) =>
      people.room(
        `bench sends ${room}`,
        guests.filter((_, index) => index % ROOMS === room),
      ),
    );
    people.close();
    const clients = await mapParallel(SENDERS, 16, (index) =>
      openBridgeClient({
        host: system.host,
        port: system.httpPort,
        token: guests[index]?.token ?? '',
        onEntries: () => undefined,
        onLagging: () => undefined,
      }),
    );
    const figures = [];
    for (const window of WINDOWS) {
      await quietMoment(effort.maxQuietWaitMs);
      const tally = createTally();
      const serverCpu = cpuMeter([system.serverPid]);
      const gatewayCpu = cpuMeter([system.gatewayPid]);
      const startMs = performance.now();
      const untilMs = startMs + durationMs;
      await Promise.all(
        clients.flatMap((client, index) =>
          Array.from({ length: window }, async () => {
            while (performance.now() < untilMs && tally.failures === 0) {
              await sendMessage(client, roomIds[index % ROOMS] ?? '', performance.now(), tally);
            }
          }),
        ),
      );
      const seconds = (performance.now() - startMs) / 1000;
      const { p50Ms, p99Ms } = percentiles(tally.ack);
      const each = (cpuMs: number): string =>
        `${((cpuMs * 1000) / Math.max(1, tally.acks)).toFixed(0)} us`;
      figures.push({
        scenario: 'durable-sends',
        name: `${SENDERS} senders x ${window} unanswered`,
        ours: tally.acks / seconds,
        baseline: bareInsertsPerSecond(SENDERS * window, durationMs / 3),
        unit: 'acks/s',
        moreIsBetter: true,
        remark:
          `ack p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; CPU of a message: server ${each(serverCpu())}, ` +
          `gateway ${each(gatewayCpu())}; bare loop in batches of ${SENDERS * window}` +
          (tally.failures > 0 ? `; ${tally.failures} FAILED: ${tally.firstFailure}` : ''),
      });
      await delay(200);
    }
    for (const client of clients) client.destroy();
    return figures;
  },
};
