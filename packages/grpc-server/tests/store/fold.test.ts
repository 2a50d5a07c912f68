import { describe, expect, test } from '@jest/globals';
import { Entry, type Message, Role, RoomKind, type UserId } from '@chat/protocol';
import { foldMessage, messageSeqOf } from '../../src/domain/fold-message.ts';
import { foldRoom } from '../../src/domain/fold-room.ts';
import type { LogEntry } from '../../src/domain/log-entry.ts';
import type { Member, Room } from '../../src/domain/room.ts';
import type { RoomAction } from '../../src/domain/room-command.ts';
import type { Store } from '../../src/ports/store.ts';
import { act, code, makeRoom, makeUser, post, readLog, room, user, value } from './fixture.ts';
import { createHandClock, openMemory } from './open-store.ts';

const USERS = ['ann', 'bob', 'cid', 'dan', 'eve'];
const STEPS = 400;
const SEEDS = [1, 2, 3, 4, 5, 6];

/** Small seeded generator (mulberry32): a failing seed can be run again. */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Some wish of somebody, sensible or not. */
function anyAction(random: (below: number) => number, step: number, nowMs: number): RoomAction {
  const seq = 1 + random(step + 2);
  const userId = user(USERS[random(USERS.length)] ?? '');
  const untilMs = random(8) === 0 ? undefined : nowMs + random(20_000);
  const role = [Role.MEMBER, Role.MODERATOR, Role.OWNER][random(3)] ?? Role.MEMBER;
  const options = [
    { text: 'a', votes: 0 },
    { text: 'b', votes: 0 },
  ];
  const poll = { question: '?', options, multiple: random(2) === 0, closeTime: undefined };
  const mentions = [{ target: { $case: 'userId' as const, value: userId } }];
  const settings = {
    type: 'change-settings',
    name: undefined,
    nameKey: undefined,
    kind: undefined,
    guestsAllowed: undefined,
    topic: `topic ${step}`,
    passwordHash: random(2) === 0 ? null : 'H',
    slowModeSeconds: random(3),
    archived: random(8) === 0,
  } as const;
  const actions: readonly RoomAction[] = [
    post(`message-${step}`, { mentions: random(2) === 0 ? mentions : [] }),
    post(`message-${step}`, { text: '', poll }),
    post(`message-${random(step + 1)}`),
    { type: 'edit', seq, text: `edit ${step}`, mentions },
    { type: 'delete', seq, reason: '' },
    { type: 'react', seq, emoji: ['👍', '🎉'][random(2)] ?? '', present: random(3) > 0 },
    { type: 'pin', seq, pinned: random(2) === 0 },
    { type: 'vote', seq, options: [[], [0], [1], [0, 1]][random(4)] ?? [] },
    { type: 'join', via: 'public', provenPasswordHash: 'H' },
    { type: 'leave' },
    { type: 'kick', userId, reason: '' },
    { type: 'ban', userId, reason: '', untilMs },
    { type: 'unban', userId },
    { type: 'mute', userId, untilMs },
    { type: 'set-role', userId, role },
    settings,
  ];
  // Posts and joins come more often, so that there is something and somebody to change.
  const often: readonly RoomAction[] = [
    post(`message-${step}`),
    { type: 'join', via: 'public', provenPasswordHash: 'H' },
  ];
  const few = random(2) === 0 ? often : actions;
  return few[random(few.length)] ?? { type: 'leave' };
}

/** The state that follows from the log alone, as it was first written. */
function replay(empty: Room, log: readonly Entry[]) {
  let state = empty;
  const members = new Map<UserId, Member>();
  const messages = new Map<number, Message>();
  const votes = new Map<string, readonly number[]>();
  for (const entry of log) {
    const one: LogEntry = {
      seq: Number(entry.seq),
      timeMs: Number(entry.time!.seconds) * 1_000 + entry.time!.nanos / 1_000_000,
      actorId: user(entry.actorId),
      content: entry.content!,
    };
    const fold = foldRoom(state, one, (userId) => members.get(userId));
    state = fold.room;
    for (const { userId, member } of fold.members) {
      if (member === undefined) members.delete(userId);
      else members.set(userId, member);
    }
    if (one.content.$case === 'messagePosted') messages.set(one.seq, one.content.value.message!);
    const target = messageSeqOf(one.content);
    if (target === undefined) continue;
    const key = `${target} ${one.actorId}`;
    messages.set(target, foldMessage(messages.get(target)!, one, votes.get(key) ?? []));
    if (one.content.$case === 'pollVoted') votes.set(key, one.content.value.options);
  }
  return { room: state, members, messages };
}

async function readTables(store: Store) {
  const view = await store.directory.find({ roomId: room('r') }, undefined);
  const page = value(
    await store.directory.listMembers({
      roomId: room('r'),
      askerId: undefined,
      after: undefined,
      limit: 100,
    }),
  );
  const history = await readLog(store, 'r');
  return { room: view!.room, members: page.items, history };
}

describe('tables and log', () => {
  test.each(SEEDS)('what is in the tables is what follows from the log (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const clock = createHandClock();
    const store = await openMemory(clock);
    const written: Entry[] = [];
    store.log.onCommit((events) => {
      for (const event of events) {
        if (event.type === 'entry') written.push(Entry.decode(event.entry.bytes));
      }
    });
    for (const id of USERS) await makeUser(store, id);
    const created = await makeRoom(store, 'r', 'ann', { kind: RoomKind.PUBLIC });
    const outcomes = new Map<string, number>();
    for (let step = 0; step < STEPS; step += 1) {
      clock.advance(random(3_000));
      const actor = USERS[random(USERS.length)] ?? '';
      const done = await act(store, actor, 'r', anyAction(random, step, clock.nowMs()));
      outcomes.set(code(done), (outcomes.get(code(done)) ?? 0) + 1);
    }
    // The seed reached much of the domain, and both answers.
    expect(outcomes.get('ok')).toBeGreaterThan(STEPS / 10);
    expect(outcomes.size).toBeGreaterThan(3);

    const empty: Room = { ...created.room, headSeq: 0, memberCount: 0, ownerCount: 0 };
    const expected = replay(empty, written);
    const tables = await readTables(store);
    expect(tables.room).toEqual({
      ...expected.room,
      headHash: tables.room.headHash,
      // A password is not in the log, only that there is one.
      settings: {
        ...expected.room.settings,
        passwordHash: tables.room.settings.passwordHash,
      },
    });
    expect(Buffer.from(tables.room.headHash)).toEqual(Buffer.from(written.at(-1)!.hash));
    const hasPassword = written.findLast(({ content }) => content?.$case === 'settingsChanged');
    expect(hasPassword?.content).toMatchObject({
      value: { hasPassword: tables.room.settings.passwordHash !== undefined },
    });
    const { members } = tables;
    const named = [...expected.members.values()].map((one) => ({
      ...one,
      displayName: one.userId,
    }));
    const byId = (a: Member, b: Member): number => (a.userId < b.userId ? -1 : 1);
    expect(members.toSorted(byId)).toEqual(named.toSorted(byId));
    expect(tables.room.memberCount).toBe(members.length);
    const owners = members.filter(({ role }) => role === Role.OWNER);
    expect(tables.room.ownerCount).toBe(owners.length);
    if (members.length > 0) expect(owners.length).toBeGreaterThan(0);

    expect(tables.history.map(({ seq }) => seq)).toEqual(written.map(({ seq }) => seq));
    expect(tables.history.map(({ hash }) => hash)).toEqual(written.map(({ hash }) => hash));
    for (const { seq, content } of tables.history) {
      if (content?.$case !== 'messagePosted') continue;
      const { message } = content.value;
      // Encoding and decoding makes the two comparable.
      expect(message).toEqual(expected.messages.get(Number(seq)));
    }
    await store.close();
  });
});
