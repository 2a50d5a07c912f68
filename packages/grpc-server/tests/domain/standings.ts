import { Role, type RoomId, RoomKind, type UserId, UserKind } from '@chat/protocol';
import type { Account } from '../../src/domain/account.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Member, Room, RoomSettings } from '../../src/domain/room.ts';
import type { Standing } from '../../src/domain/standing.ts';

/** The time of all domain tests. */
export const NOW_MS = 1_000_000;

/** Ids in tests are names. */
export const user = (id: string): UserId => id as UserId;

export function anAccount(id: string, change: Partial<Account> = {}): Account {
  return {
    userId: user(id),
    kind: UserKind.REGISTERED,
    displayName: id,
    nameKey: id,
    username: id,
    avatarMediaId: '',
    statusText: '',
    createdMs: 0,
    suspended: false,
    admin: false,
    retired: false,
    ...change,
  };
}

export function aRoom(settings: Partial<RoomSettings> = {}, change: Partial<Room> = {}): Room {
  return {
    roomId: 'r' as RoomId,
    settings: {
      kind: RoomKind.PUBLIC,
      name: 'r',
      topic: '',
      passwordHash: undefined,
      slowModeSeconds: 0,
      guestsAllowed: true,
      archived: false,
      ...settings,
    },
    nameKey: 'r',
    code: 'CODE',
    creatorId: user('owner'),
    createdMs: 0,
    memberCount: 3,
    ownerCount: 1,
    headSeq: 10,
    headHash: new Uint8Array(32),
    headMs: 0,
    directUserIds: [],
    ...change,
  };
}

export function aMember(id: string, role: Role, change: Partial<Member> = {}): Member {
  return {
    roomId: 'r' as RoomId,
    userId: user(id),
    role,
    joinedMs: 0,
    joinSeq: 2,
    mutedUntilMs: undefined,
    lastPostMs: 0,
    readSeq: 2,
    ...change,
  };
}

/** Somebody in a room; no role = not a member. */
export function aStanding(role: Role | undefined, change: Partial<Standing> = {}): Standing {
  return {
    room: aRoom(),
    actor: anAccount('actor'),
    member: role === undefined ? undefined : aMember('actor', role),
    ban: undefined,
    ...change,
  };
}

/** The refusal's code, or what the first entry would say, or "unchanged". */
export function answer(
  outcome: Outcome<{ readonly contents: readonly { readonly $case: string }[] }>,
): string {
  if (!outcome.ok) return outcome.error.code;
  return outcome.value.contents.map(({ $case }) => $case).join() || 'unchanged';
}

/** All roles, and none. */
export const ROLES = {
  nobody: undefined,
  member: Role.MEMBER,
  moderator: Role.MODERATOR,
  owner: Role.OWNER,
};
