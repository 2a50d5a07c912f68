import { setTimeout as delay } from 'node:timers/promises';
import { startBroadcastServer } from '../baseline/broadcast-server.ts';
import { openBridgeClient } from '../load/bridge-client.ts';
import { mapParallel } from '../load/open-loop.ts';
import { openRawSocket } from '../load/raw-socket.ts';
import { startBenchSystem } from '../system/bench-system.ts';
import { createPeople } from '../system/people.ts';
import { processUsage } from '../system/process-usage.ts';
import type { Effort, Figure, Scenario } from './scenario.ts';

const ROOM_SIZE = 10;
const PARALLEL_CONNECTS = 128;
/** Sockets open before the first reading, so that code and pools are in memory already. */
const WARM_SOCKETS = 100;
/** The collector has come round by then. */
const settleMs = (effort: Effort): number => (effort.full ? 3_000 : 1_200);
/** Files that a process needs beside its sockets. */
const SPARE_FILES = 200;

/** What a connected, silent person costs. */
export const idleSockets: Scenario = {
  name: 'idle-sockets',
  summary:
    '5,000 authenticated sockets with an open chat and a subscribed room of 10: memory, and time to connect',
  async run(effort) {
    const wanted = effort.full ? 5_000 : 1_000;
    const sockets = Math.min(wanted, effort.maxOpenFiles - SPARE_FILES);
    if (sockets < wanted) {
      effort.say(
        `  nofile is ${effort.maxOpenFiles}: ${Math.max(0, sockets)} sockets instead of ${wanted} (raise it with ulimit -n)`,
      );
    }
    if (sockets < ROOM_SIZE + WARM_SOCKETS) return [];
    const bare = await measureBare(sockets, effort);
    const ours = await measureOurs(sockets, effort);
    const common = { scenario: 'idle-sockets', moreIsBetter: false, remark: '' };
    return [
      {
        ...common,
        name: `${sockets} sockets, memory of the gateway`,
        ours: ours.bytes,
        baseline: bare.bytes,
        unit: 'bytes/socket',
      },
      {
        ...common,
        name: `${sockets} sockets, memory of the server`,
        ours: ours.serverBytes,
        baseline: undefined,
        unit: 'bytes/socket',
      },
      {
        ...common,
        name: `${sockets} sockets, connect, authenticate, subscribe`,
        ours: ours.seconds,
        baseline: bare.seconds,
        unit: 's',
        remark: 'the baseline only connects',
      },
    ] satisfies Figure[];
  },
};

interface Idle {
  readonly bytes: number;
  readonly serverBytes: number;
  readonly seconds: number;
}

async function measureOurs(sockets: number, effort: Effort): Promise<Idle> {
  await using system = await startBenchSystem();
  const people = createPeople(system.processes.grpcAddress);
  const total = sockets + WARM_SOCKETS;
  const guests = await people.guests(total);
  const roomIds = await mapParallel(Math.ceil(total / ROOM_SIZE), 8, (room) =>
    people.room(`idle ${room}`, guests.slice(room * ROOM_SIZE, (room + 1) * ROOM_SIZE)),
  );
  people.close();
  const connect = async (index: number) => {
    const client = await openBridgeClient({
      host: system.host,
      port: system.httpPort,
      token: guests[index]?.token ?? '',
      onEntries: () => undefined,
      onLagging: () => undefined,
    });
    const roomId = roomIds[Math.floor(index / ROOM_SIZE)] ?? '';
    await client.ask({
      $case: 'subscribe',
      value: { rooms: [{ roomId, after: undefined, maxReplay: 0 }] },
    });
    return client;
  };
  const warm = await mapParallel(WARM_SOCKETS, PARALLEL_CONNECTS, (index) =>
    connect(sockets + index),
  );
  await delay(settleMs(effort));
  const gatewayBefore = processUsage(system.gatewayPid).rssBytes;
  const serverBefore = processUsage(system.serverPid).rssBytes;
  const startMs = performance.now();
  const clients = await mapParallel(sockets, PARALLEL_CONNECTS, connect);
  const seconds = (performance.now() - startMs) / 1000;
  await delay(settleMs(effort));
  const bytes = (processUsage(system.gatewayPid).rssBytes - gatewayBefore) / sockets;
  const serverBytes = (processUsage(system.serverPid).rssBytes - serverBefore) / sockets;
  for (const client of [...warm, ...clients]) client.destroy();
  return { bytes, serverBytes, seconds };
}

async function measureBare(sockets: number, effort: Effort): Promise<Idle> {
  const server = await startBroadcastServer();
  const connect = () =>
    openRawSocket(
      { host: '127.0.0.1', port: server.port, path: '/', protocol: undefined },
      () => undefined,
    );
  const warm = await mapParallel(WARM_SOCKETS, PARALLEL_CONNECTS, connect);
  await delay(settleMs(effort));
  const before = processUsage(server.pid).rssBytes;
  const startMs = performance.now();
  const clients = await mapParallel(sockets, PARALLEL_CONNECTS, connect);
  const seconds = (performance.now() - startMs) / 1000;
  await delay(settleMs(effort));
  const bytes = (processUsage(server.pid).rssBytes - before) / sockets;
  for (const client of [...warm, ...clients]) client.destroy();
  await server.stop();
  return { bytes, serverBytes: 0, seconds };
}
