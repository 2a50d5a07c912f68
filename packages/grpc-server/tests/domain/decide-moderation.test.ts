import { describe, expect, test } from '@jest/globals';
import { Role, RoomKind } from '@chat/protocol';
import {
  decideBan,
  decideKick,
  decideMute,
  decideRole,
  decideUnban,
  type Target,
} from '../../src/domain/decide-moderation.ts';
import { aMember, anAccount, answer, aRoom, aStanding, NOW_MS, ROLES, user } from './standings.ts';

const target = (role: Role | undefined): Target => ({
  account: anAccount('target'),
  member: role === undefined ? undefined : aMember('target', role),
  ban: undefined,
});

type Name = keyof typeof ROLES;
const { MEMBER, MODERATOR, OWNER } = Role;

describe('who may do what to whom', () => {
  // actor, target, kick, ban, mute, make moderator
  test.each<[Name, Name, string, string, string, string]>([
    ['nobody', 'member', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
    ['member', 'nobody', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['member', 'member', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['moderator', 'nobody', 'NOT_FOUND', 'memberBanned', 'NOT_FOUND', 'FORBIDDEN'],
    ['moderator', 'member', 'memberKicked', 'memberBanned', 'memberMuted', 'FORBIDDEN'],
    ['moderator', 'moderator', 'memberKicked', 'memberBanned', 'memberMuted', 'FORBIDDEN'],
    ['moderator', 'owner', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['owner', 'nobody', 'NOT_FOUND', 'memberBanned', 'NOT_FOUND', 'NOT_FOUND'],
    ['owner', 'member', 'memberKicked', 'memberBanned', 'memberMuted', 'roleChanged'],
    ['owner', 'moderator', 'memberKicked', 'memberBanned', 'memberMuted', 'unchanged'],
  ])(
    '%s acts on %s: kick %s, ban %s, mute %s, promote %s',
    (actor, other, kick, ban, mute, promote) => {
      const standing = aStanding(ROLES[actor]);
      const whom = target(ROLES[other]);
      const forEver = { reason: '', untilMs: undefined };
      expect(answer(decideKick(standing, whom, ''))).toBe(kick);
      expect(answer(decideBan(standing, whom, forEver, NOW_MS))).toBe(ban);
      expect(answer(decideMute(standing, whom, NOW_MS + 1))).toBe(mute);
      expect(answer(decideRole(standing, whom, MODERATOR))).toBe(promote);
    },
  );

  test('nobody moderates themselves, in a direct room nobody moderates at all', () => {
    const self: Target = {
      account: anAccount('actor'),
      member: aMember('actor', OWNER),
      ban: undefined,
    };
    expect(answer(decideKick(aStanding(OWNER), self, ''))).toBe('FORBIDDEN');
    const direct = aStanding(OWNER, { room: aRoom({ kind: RoomKind.DIRECT }) });
    expect(answer(decideKick(direct, target(MEMBER), ''))).toBe('FORBIDDEN');
    expect(answer(decideRole(direct, target(MEMBER), OWNER))).toBe('FORBIDDEN');
  });

  test('the last owner cannot step down, one of two can', () => {
    const self: Target = {
      account: anAccount('actor'),
      member: aMember('actor', OWNER),
      ban: undefined,
    };
    expect(answer(decideRole(aStanding(OWNER), self, MEMBER))).toBe('LAST_OWNER');
    const two = aStanding(OWNER, { room: aRoom({}, { ownerCount: 2 }) });
    expect(answer(decideRole(two, self, MEMBER))).toBe('roleChanged');
    expect(answer(decideRole(two, target(MEMBER), 0))).toBe('BAD_FIELD');
  });

  test('doing again what is done changes nothing', () => {
    const banned: Target = {
      ...target(undefined),
      ban: { userId: user('target'), untilMs: undefined },
    };
    const standing = aStanding(MODERATOR);
    expect(answer(decideBan(standing, banned, { reason: '', untilMs: undefined }, NOW_MS))).toBe(
      'unchanged',
    );
    expect(answer(decideUnban(standing, banned))).toBe('memberUnbanned');
    expect(answer(decideUnban(standing, target(undefined)))).toBe('unchanged');
    expect(answer(decideMute(standing, target(MEMBER), undefined))).toBe('unchanged');
    expect(answer(decideBan(standing, banned, { reason: '', untilMs: NOW_MS }, NOW_MS))).toBe(
      'BAD_FIELD',
    );
  });

  test('an account that does not exist is NOT_FOUND', () => {
    const unknown: Target = { account: undefined, member: undefined, ban: undefined };
    const standing = aStanding(OWNER);
    expect(answer(decideKick(standing, unknown, ''))).toBe('NOT_FOUND');
    expect(answer(decideUnban(standing, unknown))).toBe('NOT_FOUND');
    expect(answer(decideRole(standing, unknown, OWNER))).toBe('NOT_FOUND');
  });
});
