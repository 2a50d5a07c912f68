import { expect, test } from '@jest/globals';
import { groupMembers, mayKick } from './group-members.ts';

test('those who are here come first, owners above members, then by name', () => {
  const members = [
    { userId: 'z', name: 'Zoe', role: 'member' },
    { userId: 'a', name: 'Ana', role: 'member' },
    { userId: 'o', name: 'Otto', role: 'owner' },
    { userId: 'g', name: 'Gil', role: 'member' },
  ] as const;
  const presence = new Map([
    ['z', 'away'],
    ['a', 'online'],
    ['o', 'busy'],
    ['g', 'offline'],
  ] as const);
  const { here, gone } = groupMembers(members, presence);
  expect(here.map(({ name }) => name)).toEqual(['Otto', 'Ana', 'Zoe']);
  expect(gone.map(({ name }) => name)).toEqual(['Gil']);
});

test('only those above may remove', () => {
  expect([
    mayKick('owner', 'member'),
    mayKick('owner', 'moderator'),
    mayKick('moderator', 'member'),
  ]).toEqual([true, true, true]);
  expect([
    mayKick('moderator', 'owner'),
    mayKick('moderator', 'moderator'),
    mayKick('member', 'member'),
  ]).toEqual([false, false, false]);
});
