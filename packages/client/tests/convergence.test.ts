import { expect, test } from '@jest/globals';
import { createSeededRandom, createSequentialIds, type SeededRandom } from '@chat/testing';
import type { ChatClient } from '../src/chat/chat-client-api.ts';
import { createChatClient } from '../src/chat/create-chat-client.ts';
import { createMemoryOutbox, type OutboxStorage } from '../src/chat/outbox-storage.ts';
import { createScriptedGateway, type ScriptedGateway } from './scripted-gateway.ts';
import {
  createServerModel,
  type Faults,
  type ModelUser,
  type ServerModel,
} from './server-model.ts';

const SEEDS = Number(process.env.CHAT_FUZZ_SEEDS ?? 250);
const FIRST_SEED = Number(process.env.CHAT_FUZZ_FIRST ?? 1);
const STEPS = 60;
const ROOMS = ['room-a', 'room-b'];
const USERS: readonly ModelUser[] = [
  { userId: 'u-ana', displayName: 'Ana' },
  { userId: 'u-bo', displayName: 'Bo' },
];

const CY: ModelUser = { userId: 'u-cy', displayName: 'Cy' };

/** One user's program: it may be stopped and started again with the same outbox. */
interface Program {
  readonly user: ModelUser;
  readonly storage: OutboxStorage;
  readonly newId: () => string;
  gateway: ScriptedGateway;
  chat: ChatClient;
}

function startProgram(
  model: ServerModel,
  random: SeededRandom,
  user: ModelUser,
  storage: OutboxStorage,
  newId: () => string,
): Program {
  const gateway = createScriptedGateway({
    random: () => random.next(),
    onCall: (call) => model.onCall(call, user),
    // No reconnect for silence: nothing else may hide what is not healed by itself.
    welcome: { heartbeatMs: 600_000 },
  });
  const chat = createChatClient({
    link: gateway.link,
    clock: gateway.clock,
    random: () => random.next(),
    newId,
    outbox: storage,
    maxReplay: random.pick([0, 5, 1_000]),
    maxEntriesPerRoom: 1_000,
  });
  chat.start();
  return { user, storage, newId, gateway, chat };
}

async function run(seed: number): Promise<{ sent: number; reached: Set<string> }> {
  const random = createSeededRandom(seed);
  const faults: Faults = {
    lostAck: random.pick([0, 0.3]),
    busy: random.pick([0, 0.2]),
    ackFirst: random.pick([0, 0.5, 1]),
    duplicate: random.pick([0, 0.3]),
    skip: random.pick([0, 0.2]),
    unary: random.pick([0, 0.3]),
  };
  const model = createServerModel(random.fork(), faults, ROOMS);
  const reached = new Set<string>();
  const sends: { readonly user: ModelUser; readonly roomId: string; readonly text: string }[] = [];
  const programs = USERS.map((user) =>
    startProgram(
      model,
      random.fork(),
      user,
      createMemoryOutbox(),
      createSequentialIds(user.userId),
    ),
  );

  const cut = (program: Program): void => {
    const open = program.gateway.peers.filter((peer) => !peer.ended);
    for (const peer of open) {
      model.forget(peer);
      peer.cut();
    }
  };

  const act = async (program: Program): Promise<void> => {
    const roomId = random.pick(ROOMS);
    const action = random.int(100);
    if (action < 40) {
      const text = `${program.user.displayName} ${sends.length}`;
      program.chat.timeline(roomId).send(text);
      sends.push({ user: program.user, roomId, text });
    } else if (action < 50) {
      model.post(roomId, CY, `Cy ${random.int(1_000)}`);
    } else if (action < 55) {
      model.react(roomId, program.user, 1 + random.int(20));
    } else if (action < 65) {
      cut(program);
      reached.add('cut');
    } else if (action < 70) {
      model.restart();
      reached.add('restart');
    } else if (action < 75) {
      reached.add('goAway');
      const peer = program.gateway.peers.findLast((candidate) => !candidate.ended);
      if (peer !== undefined) {
        program.gateway.send(peer, {
          control: {
            $case: 'goAway',
            value: {
              lastCallId: random.int(5),
              graceMs: 1_000,
              reconnectAfterMs: random.int(2_000),
              reason: '',
            },
          },
        });
      }
    } else if (action < 80) {
      void program.chat
        .timeline(roomId)
        .open()
        .catch(() => undefined);
    } else if (action < 83) {
      void program.chat
        .timeline(roomId)
        .loadOlder()
        .catch(() => undefined);
    } else if (action < 87) {
      // The program ends and starts again: only the outbox is left.
      cut(program);
      await program.chat.stop();
      reached.add('reload');
      Object.assign(
        program,
        startProgram(model, random.fork(), program.user, program.storage, program.newId),
      );
    } else {
      await program.gateway.clock.advanceAsync(random.int(3_000));
    }
  };

  for (let step = 0; step < STEPS; step += 1) {
    const program = random.pick(programs);
    await act(program);
    // Sometimes nothing arrives for a while, then everything at once.
    for (let some = random.int(12); some > 0; some -= 1) {
      const other = random.pick(programs);
      if (!other.gateway.transport.step()) await Promise.resolve();
    }
    if (random.chance(0.3)) await program.gateway.settle();
  }

  model.calm();
  for (let round = 0; round < 8; round += 1) {
    for (const program of programs) {
      await program.gateway.settle();
      await program.gateway.clock.advanceAsync(20_000);
      await program.gateway.settle();
      program.chat.tryNow();
      await program.gateway.settle();
    }
    // A skipped entry is noticed by the one behind it.
    if (round === 2) for (const roomId of ROOMS) model.post(roomId, CY, 'the last one');
    model.flush();
  }

  for (const program of programs) await check(program, model, sends, seed);
  for (const program of programs) await program.chat.stop();
  return { sent: sends.length, reached };
}

async function check(
  program: Program,
  model: ServerModel,
  sends: readonly { readonly user: ModelUser; readonly roomId: string; readonly text: string }[],
  seed: number,
): Promise<void> {
  const where = `seed ${seed}, ${program.user.displayName}`;
  expect([where, program.chat.connection.getSnapshot().state]).toEqual([where, 'online']);
  expect([where, await program.storage.load()]).toEqual([where, []]);
  for (const roomId of ROOMS) {
    const timeline = program.chat.timeline(roomId);
    const opening = timeline.open();
    await program.gateway.settle();
    await opening;
    for (let page = 0; page < 20 && timeline.getSnapshot().hasOlder; page += 1) {
      const loading = timeline.loadOlder();
      await program.gateway.settle();
      await loading;
    }
    const { log } = model.rooms.get(roomId)!;
    const posted = log.flatMap((entry) =>
      entry.content?.$case === 'messagePosted'
        ? [`${entry.seq} ${entry.content.value.message?.text}`]
        : [],
    );
    const { items, firstSeq, lastSeq, state } = timeline.getSnapshot();
    const seen = items.map((item) => (item.kind === 'message' ? `${item.seq} ${item.text}` : ''));
    expect([where, roomId, seen]).toEqual([where, roomId, posted]);
    expect([where, firstSeq, lastSeq, state]).toEqual([where, 1, log.length, 'live']);
    const reactions = log.filter((entry) => entry.content?.$case === 'reactionChanged');
    for (const { actorId, content } of reactions) {
      if (content?.$case !== 'reactionChanged') continue;
      const target = items.find((item) => item.seq === Number(content.value.messageSeq));
      if (target?.kind !== 'message' || Number(content.value.messageSeq) > log.length) continue;
      const entry = reactions.find((candidate) => candidate.content === content)!;
      if (entry.seq < content.value.messageSeq) continue;
      expect([where, target.reactions[0]?.userIds.includes(actorId)]).toEqual([where, true]);
    }
    // Each own message exactly once, in the order it was written.
    const own = sends.filter((send) => send.user === program.user && send.roomId === roomId);
    const found = log.flatMap((entry) =>
      entry.actorId === program.user.userId && entry.content?.$case === 'messagePosted'
        ? [entry.content.value.message?.text]
        : [],
    );
    expect([where, found]).toEqual([where, own.map(({ text }) => text)]);
  }
}

test(`[RES1] [SUB5] [SND2] [SND4] [CHAT3] ${SEEDS} seeds of drops, duplicates, lost acks, cuts, drains, restarts and reloads: every client ends with the log, each own message once and in order`, async () => {
  const reached = new Set<string>();
  let sent = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed += 1) {
    const result = await run(seed);
    sent += result.sent;
    for (const what of result.reached) reached.add(what);
  }
  expect([...reached].sort()).toEqual(['cut', 'goAway', 'reload', 'restart']);
  expect(sent).toBeGreaterThan(SEEDS * 10);
}, 60_000);
