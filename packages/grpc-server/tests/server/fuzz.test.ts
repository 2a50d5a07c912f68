import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Entry } from '@chat/protocol';
import type { ChatServer } from '../../src/index.ts';
import { Closing, codeOf, guest, newRoom, startServer, subscribe, type TestUser } from './kit.ts';
import { RelayLink } from './relay-link.ts';
import { ModelGateway } from './model-gateway.ts';

const USERS = 5;
const STEPS = 120;

describe('random users behind random gateways', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  test.each([1, 2, 3, 4])(
    '[G4] [G7] [G9] [G10] [RLY1] [RLY2] seed %i: every session sees contiguous entries, live ones only as a member',
    async (seed) => {
      const random = createRandom(seed);
      const owner = await guest(server, closing);
      const { roomId, code } = await newRoom(owner);
      const users = await Promise.all(Array.from({ length: USERS }, () => guest(server, closing)));
      const all = [owner, ...users];
      let gateway = open(all);
      const gateways = [gateway];
      const work: Promise<string>[] = [];
      for (let step = 0; step < STEPS; step += 1) {
        const index = random(all.length);
        const user = all[index]!;
        switch (random(8)) {
          case 0:
            work.push(codeOf(user.rooms.joinRoom({ target: { $case: 'code', value: code } })));
            break;
          case 1:
            work.push(codeOf(owner.moderation.kickMember({ roomId, userId: user.id })));
            break;
          case 2:
            if (user !== owner) work.push(codeOf(user.rooms.leaveRoom({ roomId })));
            break;
          case 3: {
            const seq = BigInt(
              random(3) === 0 ? 0 : (gateway.model.place(index + 1, roomId)?.seq ?? 0),
            );
            const cursor = { roomId, after: { epoch: server.store.epoch, seq }, maxReplay: 0 };
            gateway.link.command(index + 1, 0, subscribe([cursor]));
            break;
          }
          case 4:
            if (random(8) === 0) {
              gateway.link.stream.cancel();
              gateway = open(all);
              gateways.push(gateway);
            }
            break;
          default:
            work.push(codeOf(user.send(roomId, `step ${step}`)));
        }
        if (random(4) === 0) await Promise.all(work);
      }
      const answers = new Set(await Promise.all(work));
      for (const code of answers) expect(['OK', 'NOT_FOUND', 'FORBIDDEN']).toContain(code);

      const log = await readAll(owner, roomId);
      expect(log.map(({ seq }) => Number(seq))).toEqual(log.map((_, index) => index + 1));
      const last = await owner.send(roomId, 'last');
      const cursor = { roomId, after: { epoch: server.store.epoch, seq: 0n }, maxReplay: 0 };
      gateway.link.command(1, 0, subscribe([cursor]));
      await gateway.link.inbox.find(() => gateway.model.place(1, roomId)?.seq === last);
      expect(gateways.flatMap(({ model }) => model.live).length).toBeGreaterThan(0);
      for (const { model } of gateways) {
        expect(model.breaches).toEqual([]);
        for (const { session, seq } of model.live) {
          expect(isMemberAt(log, all[session - 1]!, seq)).toBe(true);
        }
      }
    },
    60_000,
  );

  function open(users: readonly TestUser[]) {
    const link = new RelayLink(server, closing);
    const model = new ModelGateway();
    const push = link.inbox.push.bind(link.inbox);
    link.inbox.push = (record) => {
      model.take(record);
      push(record);
    };
    for (const [index, user] of users.entries()) {
      link.attach(index + 1, user.token);
      link.write(index + 1, { $case: 'openChat', value: {} });
    }
    return { link, model };
  }
});

/** True when the log says that the user is a member when the entry is written, or that it is the user's own end. */
function isMemberAt(log: readonly Entry[], user: TestUser, seq: number): boolean {
  if (seq > log.length) return true; // the last message, after the log was read
  let member = false;
  for (const { content, seq: at } of log.slice(0, seq)) {
    const value = content?.value;
    if (value === undefined || !('userId' in value) || value.userId !== user.id) continue;
    if (content?.$case === 'memberJoined') member = true;
    const removed = content?.$case === 'memberLeft' || content?.$case === 'memberKicked';
    if (removed) member = Number(at) === seq;
  }
  return member;
}

async function readAll(user: TestUser, roomId: string): Promise<readonly Entry[]> {
  const log: Entry[] = [];
  for (;;) {
    const anchor = { $case: 'afterSeq', value: BigInt(log.length) } as const;
    const { entries } = await user.messages.listEntries({ roomId, anchor, limit: 100 });
    if (entries.length === 0) return log;
    log.push(...entries);
  }
}

// mulberry32
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}
