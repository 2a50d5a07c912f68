import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Entry } from '@chat/protocol';
import type { MessageItem, TimelineItem } from '@chat/client';
import { createSeededRandom, waitFor } from '@chat/testing';
import { startProcesses } from '../src/start-processes.ts';
import { connectGuest, type Guest } from './guest.ts';
import { faultsOfLog, readRoomLog } from './room-log.ts';

// The short form runs with every test; CHAT_TEST_KILL_ROUNDS=200 is the long one.
const ROUNDS = Number(process.env['CHAT_TEST_KILL_ROUNDS'] ?? 30);
const SEED = Number(process.env['CHAT_TEST_SEED'] ?? Date.now() % 1_000_000);
const WRITERS = 8;
const ROOMS = 4;
/** Messages one writer has on their way at a time. */
const MAX_IN_FLIGHT = 16;
const ROUND_TIMEOUT_MS = 8_000;

interface Sent {
  readonly roomId: string;
  readonly senderId: string;
  readonly text: string;
  /** Set once the send was acknowledged. */
  seq: number | undefined;
}

test(
  `[G1 G2 G3 G4 G6 G7 G21] nothing acknowledged is lost, moved, doubled or invented over ${ROUNDS} kills`,
  async () => {
    console.log(`kill test: seed ${SEED}, ${ROUNDS} rounds`);
    const random = createSeededRandom(SEED);
    const dataDir = await mkdtemp(join(tmpdir(), 'chat-kill-'));
    const processes = await startProcesses({
      dataDir,
      grpcPort: 0,
      httpPort: 0,
      env: { CHAT_RATE_LIMITS: 'off' },
    });
    const guests: Guest[] = [];
    try {
      for (let index = 0; index < WRITERS; index += 1) {
        guests.push(await connectGuest(processes.bridgeUrl, `writer ${index}`));
      }
      const roomIds = await makeRooms(guests);
      const sent: Sent[] = [];
      const stopWriting = new AbortController();
      const writers = guests.map((guest) =>
        write(guest, roomIds, sent, random.fork(), stopWriting.signal),
      );

      for (let round = 0; round < ROUNDS; round += 1) {
        await delay(50 + random.int(250));
        await processes.killAndRestart(random.chance(0.5) ? 'server' : 'gateway');
      }

      await delay(300);
      stopWriting.abort();
      await Promise.all(writers);

      for (const roomId of roomIds) {
        const reader = guests[0];
        if (reader === undefined) throw new Error('there is no reader');
        const log = await readRoomLog(processes.grpcAddress, reader.accessToken(), roomId);
        expect(faultsOfLog(log)).toEqual([]);
        checkSends(
          log,
          sent.filter((one) => one.roomId === roomId),
        );
        for (const guest of guests) await checkView(guest, roomId, log);
      }
      const acknowledged = sent.filter((one) => one.seq !== undefined).length;
      console.log(`kill test: ${acknowledged} acknowledged of ${sent.length} sent`);
      expect(acknowledged).toBe(sent.length);
      expect(acknowledged).toBeGreaterThan(ROUNDS);
    } catch (error) {
      console.error(
        processes.server().output().slice(-4000),
        processes.gateway().output().slice(-4000),
      );
      throw error;
    } finally {
      await Promise.all(guests.map(({ client }) => client[Symbol.asyncDispose]()));
      await processes[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
  60_000 + ROUNDS * ROUND_TIMEOUT_MS,
);

async function makeRooms(guests: readonly Guest[]): Promise<readonly string[]> {
  const roomIds: string[] = [];
  for (let index = 0; index < ROOMS; index += 1) {
    const owner = guests[index % guests.length];
    if (owner === undefined) throw new Error('there is nobody to make a room');
    const { roomId } = await owner.client.rooms.create({ name: `kill ${index}` });
    roomIds.push(roomId);
    for (const guest of guests) {
      if (guest !== owner) await guest.client.rooms.join({ roomId });
      await guest.client.timeline(roomId).open();
    }
  }
  return roomIds;
}

/** Sends until told to stop, then waits for every answer. */
async function write(
  guest: Guest,
  roomIds: readonly string[],
  sent: Sent[],
  random: ReturnType<typeof createSeededRandom>,
  stop: AbortSignal,
): Promise<void> {
  const senderId = guest.client.me.getSnapshot()?.userId ?? '';
  const inFlight = new Set<Promise<void>>();
  for (let count = 0; !stop.aborted; count += 1) {
    const roomId = random.pick(roomIds);
    const one: Sent = { roomId, senderId, text: `${guest.name} says ${count}`, seq: undefined };
    sent.push(one);
    const acknowledged = guest.client
      .timeline(roomId)
      .send(one.text)
      .sent.then((seq) => {
        one.seq = seq;
        inFlight.delete(acknowledged);
      });
    inFlight.add(acknowledged);
    if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
    await delay(random.int(8));
  }
  await Promise.all(inFlight);
}

/** Every acknowledged message stands once, at its place; nothing stands there that nobody sent. */
function checkSends(log: readonly Entry[], sent: readonly Sent[]): void {
  const posted = new Map<string, number[]>();
  for (const entry of log) {
    if (entry.content?.$case !== 'messagePosted') continue;
    const key = `${entry.actorId}|${entry.content.value.message?.text ?? ''}`;
    posted.set(key, [...(posted.get(key) ?? []), Number(entry.seq)]);
  }
  const expected = new Map(sent.map((one) => [`${one.senderId}|${one.text}`, one]));
  for (const [key, seqs] of posted) {
    expect({ key, known: expected.has(key), times: seqs.length }).toEqual({
      key,
      known: true,
      times: 1,
    });
  }
  for (const one of sent) {
    if (one.seq === undefined) continue;
    expect(posted.get(`${one.senderId}|${one.text}`)).toEqual([one.seq]);
  }
}

/** What a member's client holds is the log from the member's first entry on. */
async function checkView(guest: Guest, roomId: string, log: readonly Entry[]): Promise<void> {
  const timeline = guest.client.timeline(roomId);
  await waitFor(() => timeline.getSnapshot().lastSeq === log.length, { timeoutMs: 10_000 });
  while (timeline.getSnapshot().hasOlder && (await timeline.loadOlder()));
  const { items, firstSeq } = timeline.getSnapshot();
  const seen = items.filter(isMessage).map(({ seq, text }) => `${seq} ${text}`);
  const slice = log
    .filter((entry) => Number(entry.seq) >= firstSeq)
    .flatMap((entry) =>
      entry.content?.$case === 'messagePosted'
        ? [`${entry.seq} ${entry.content.value.message?.text ?? ''}`]
        : [],
    );
  expect(seen).toEqual(slice);
}

function isMessage(item: TimelineItem): item is MessageItem {
  return item.kind === 'message';
}

// Real time is the subject of this test: kills come at random moments.
function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
