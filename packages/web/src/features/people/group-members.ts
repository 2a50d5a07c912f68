import type { MemberView, PresenceName, RoleName } from '../../store/model.ts';

const RANK: Readonly<Record<RoleName, number>> = { none: 0, member: 1, moderator: 2, owner: 3 };

/** Those who are here, then the others; owners and moderators first, then by name. */
export function groupMembers(
  members: readonly MemberView[],
  presence: ReadonlyMap<string, PresenceName>,
) {
  const sorted = [...members].sort(
    (left, right) => RANK[right.role] - RANK[left.role] || left.name.localeCompare(right.name),
  );
  const isHere = (member: MemberView): boolean =>
    (presence.get(member.userId) ?? 'offline') !== 'offline';
  return { here: sorted.filter(isHere), gone: sorted.filter((member) => !isHere(member)) };
}

/** Moderators and owners may remove those below them. */
export function mayKick(mine: RoleName, theirs: RoleName): boolean {
  return RANK[mine] >= RANK.moderator && RANK[mine] > RANK[theirs];
}
