import { describe, expect, test } from '@jest/globals';
import { Role, RoomKind, UserKind } from '@chat/protocol';
import {
  decideJoin,
  decideLeave,
  decideRetire,
  MAX_ROOM_MEMBERS,
} from '../../src/domain/decide-membership.ts';
import type { JoinRoom } from '../../src/domain/room-command.ts';
import { firstVisibleSeq } from '../../src/domain/standing.ts';
import { aMember, anAccount, answer, aRoom, aStanding, NOW_MS, user } from './standings.ts';

const join = (change: Partial<JoinRoom> = {}): JoinRoom => ({
  type: 'join',
  via: 'public',
  provenPasswordHash: undefined,
  ...change,
});
const PRIVATE = { room: aRoom({ kind: RoomKind.PRIVATE }) };
const INVITE = { inviteCode: 'secret' };

describe('joining', () => {
  test.each([
    ['a public room', {}, join(), false, 'memberJoined'],
    ['a room that does not exist', { room: undefined }, join({ via: 'code' }), false, 'NOT_FOUND'],
    ['a private room by its id', PRIVATE, join(), false, 'NOT_FOUND'],
    ['a private room by its code', PRIVATE, join({ via: 'code' }), false, 'memberJoined'],
    ['a private room by a live invite', PRIVATE, join({ via: INVITE }), true, 'memberJoined'],
    ['a private room by a used invite', PRIVATE, join({ via: INVITE }), false, 'NOT_FOUND'],
    [
      'a direct room',
      { room: aRoom({ kind: RoomKind.DIRECT }) },
      join({ via: 'code' }),
      false,
      'NOT_FOUND',
    ],
    ['a room again', { member: aMember('actor', Role.MEMBER) }, join(), false, 'unchanged'],
    [
      'without the password',
      { room: aRoom({ passwordHash: 'H' }) },
      join(),
      false,
      'WRONG_PASSWORD',
    ],
    [
      'with an older password',
      { room: aRoom({ passwordHash: 'H' }) },
      join({ provenPasswordHash: 'G' }),
      false,
      'WRONG_PASSWORD',
    ],
    [
      'with the password',
      { room: aRoom({ passwordHash: 'H' }) },
      join({ provenPasswordHash: 'H' }),
      false,
      'memberJoined',
    ],
    [
      'while banned',
      { ban: { userId: user('actor'), untilMs: NOW_MS + 1 } },
      join(),
      false,
      'BANNED',
    ],
    [
      'after the ban',
      { ban: { userId: user('actor'), untilMs: NOW_MS } },
      join(),
      false,
      'memberJoined',
    ],
    [
      'banned for ever, with an invite',
      { ban: { userId: user('actor'), untilMs: undefined } },
      join({ via: INVITE }),
      true,
      'BANNED',
    ],
    ['a full room', { room: aRoom({}, { memberCount: MAX_ROOM_MEMBERS }) }, join(), false, 'LIMIT'],
    [
      'as a guest where none may',
      {
        actor: anAccount('actor', { kind: UserKind.GUEST }),
        room: aRoom({ guestsAllowed: false }),
      },
      join(),
      false,
      'GUESTS_REFUSED',
    ],
  ])('%s: %#', (_, change, command, inviteLive, expected) => {
    expect(answer(decideJoin(aStanding(undefined, change), command, inviteLive, NOW_MS))).toBe(
      expected,
    );
  });
});

describe('leaving', () => {
  test.each([
    ['a member', aStanding(Role.MEMBER), 'memberLeft'],
    ['nobody', aStanding(undefined), 'unchanged'],
    ['the last owner among others', aStanding(Role.OWNER), 'LAST_OWNER'],
    [
      'the last owner alone',
      aStanding(Role.OWNER, { room: aRoom({}, { memberCount: 1 }) }),
      'memberLeft',
    ],
    [
      'one of two owners',
      aStanding(Role.OWNER, { room: aRoom({}, { ownerCount: 2 }) }),
      'memberLeft',
    ],
    [
      'somebody of a direct room',
      aStanding(Role.MEMBER, { room: aRoom({ kind: RoomKind.DIRECT }) }),
      'FORBIDDEN',
    ],
  ])('%s', (_, standing, expected) => {
    expect(answer(decideLeave(standing))).toBe(expected);
  });

  test('an account that ends hands its rooms over', () => {
    const successor = aMember('next', Role.MEMBER);
    const cases = (decision: ReturnType<typeof decideRetire>) =>
      decision.contents.map(({ $case }) => $case);
    expect(cases(decideRetire(aStanding(Role.OWNER), successor))).toEqual([
      'roleChanged',
      'memberLeft',
    ]);
    expect(cases(decideRetire(aStanding(Role.OWNER), undefined))).toEqual(['memberLeft']);
    expect(cases(decideRetire(aStanding(Role.MEMBER), successor))).toEqual(['memberLeft']);
    expect(cases(decideRetire(aStanding(undefined), successor))).toEqual([]);
  });
});

test('[G9] the past of a private room begins with the joining', () => {
  const member = aMember('actor', Role.MEMBER, { joinSeq: 7 });
  expect(firstVisibleSeq(aRoom({ kind: RoomKind.PRIVATE }), member)).toBe(7);
  expect(firstVisibleSeq(aRoom(), member)).toBe(1);
});
