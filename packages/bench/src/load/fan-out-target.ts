import { startBroadcastServer } from '../baseline/broadcast-server.ts';
import type { BenchSystem } from '../system/bench-system.ts';
import { createPeople } from '../system/people.ts';
import { type BridgeClient, openBridgeClient } from './bridge-client.ts';
import { countEntries } from './count-entries.ts';
import { mapParallel } from './open-loop.ts';
import { openRawSocket } from './raw-socket.ts';
import { createTally, dueOf, dueText, fail, record, type Tally } from './tally.ts';

/** One room full of sockets, ours or the baseline's, seen by the generator in the same way. */
export interface FanOutTarget {
  readonly sockets: number;
  /** The process that writes to the sockets. */
  readonly edgePid: number;
  /** All processes of the system. */
  readonly pids: readonly number[];
  publish(index: number, dueMs: number): void;
  /** Starts to count anew. */
  reset(): Tally;
  close(): Promise<void>;
}

/** Every so many-th receiver also measures latency; the others only count. */
const SAMPLE_EVERY = 8;
const PARALLEL_CONNECTS = 32;
/** Messages come from several people, as in a room. */
const PUBLISHERS = 8;

/** A room of ours with so many sockets, each of a guest of its own. */
export async function openOurRoom(system: BenchSystem, sockets: number): Promise<FanOutTarget> {
  const people = createPeople(system.processes.grpcAddress);
  const guests = await people.guests(sockets);
  const roomId = await people.room(`bench ${sockets} ${Date.now()}`, guests);
  people.close();
  let tally = createTally();
  const clients = await mapParallel(sockets, PARALLEL_CONNECTS, async (index) => {
    const client = await openBridgeClient({
      host: system.host,
      port: system.httpPort,
      token: guests[index]?.token ?? '',
      onEntries:
        index % SAMPLE_EVERY === 0
          ? (buffer, start, end) => {
              tally.deliveries += countEntries(buffer, start, end, (bytes, from, to) => {
                const dueMs = dueOf(bytes, from, to);
                if (dueMs !== undefined) record(tally.delivery, dueMs);
              });
            }
          : (buffer, start, end) => {
              tally.deliveries += countEntries(buffer, start, end, undefined);
            },
      onLagging: () => fail(tally, 'a room was given up for a slow reader'),
    });
    await client.ask({
      $case: 'subscribe',
      value: { rooms: [{ roomId, after: undefined, maxReplay: 0 }] },
    });
    return client;
  });
  return {
    sockets,
    edgePid: system.gatewayPid,
    pids: [system.gatewayPid, system.serverPid],
    publish(index, dueMs) {
      const client =
        clients[((index % PUBLISHERS) * Math.max(1, Math.floor(sockets / PUBLISHERS))) % sockets];
      if (client !== undefined) void sendMessage(client, roomId, dueMs, tally);
    },
    reset() {
      tally = createTally();
      return tally;
    },
    async close() {
      for (const client of clients) client.destroy();
      await Promise.all(clients.map((client) => client.closed));
    },
  };
}

/** Posts one message and records its acknowledgement. Resolves with it; a refusal is counted. */
export function sendMessage(
  client: BridgeClient,
  roomId: string,
  dueMs: number,
  tally: Tally,
): Promise<void> {
  const sending = client.ask({
    $case: 'sendMessage',
    value: {
      roomId,
      clientMessageId: `bench-${runId}-${(messageNumber += 1)}`,
      text: dueText(dueMs),
      attachments: [],
      replyToSeq: 0n,
      threadRootSeq: 0n,
      alsoInRoom: false,
      poll: undefined,
    },
  });
  return sending.then(
    () => {
      tally.acks += 1;
      record(tally.ack, dueMs);
    },
    (error: unknown) => fail(tally, String(error)),
  );
}

/** A bare `ws` broadcast with so many sockets. */
export async function openBareRoom(sockets: number): Promise<FanOutTarget> {
  const server = await startBroadcastServer();
  let tally = createTally();
  const clients = await mapParallel(sockets, PARALLEL_CONNECTS, (index) =>
    openRawSocket(
      { host: '127.0.0.1', port: server.port, path: '/', protocol: undefined },
      index % SAMPLE_EVERY === 0
        ? (buffer, start, end) => {
            tally.deliveries += 1;
            const dueMs = dueOf(buffer, start, end);
            if (dueMs !== undefined) record(tally.delivery, dueMs);
          }
        : () => {
            tally.deliveries += 1;
          },
    ),
  );
  return {
    sockets,
    edgePid: server.pid,
    pids: [server.pid],
    publish(index, dueMs) {
      clients[index % Math.min(PUBLISHERS, sockets)]?.sendText(dueText(dueMs));
    },
    reset() {
      tally = createTally();
      return tally;
    },
    async close() {
      for (const client of clients) client.destroy();
      await server.stop();
    },
  };
}

const runId = Date.now().toString(36);
let messageNumber = 0;
