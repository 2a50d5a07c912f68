import { Role, toTimestamp } from '@chat/protocol';
import type { Account } from './account.ts';
import { isLastOwner } from './decide-membership.ts';
import { type Decision, type EntryContent, UNCHANGED } from './log-entry.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import type { Ban, Member } from './room.ts';
import { type MemberStanding, requireRole, type Standing } from './standing.ts';

/** Whom a moderator acts on. */
export interface Target {
  /** undefined when there is no such user. */
  readonly account: Account | undefined;
  /** undefined when the user is no member. */
  readonly member: Member | undefined;
  readonly ban: Ban | undefined;
}

/** Removes a member. */
export function decideKick(standing: Standing, target: Target, reason: string): Outcome<Decision> {
  const checked = requirePower(standing, target);
  if (!checked.ok) return checked;
  const { account } = checked.value;
  if (target.member === undefined) return noUser();
  return one({
    $case: 'memberKicked',
    value: { userId: account.userId, displayName: account.displayName, reason },
  });
}

/** Removes a user, member or not, and keeps them out. */
export function decideBan(
  standing: Standing,
  target: Target,
  ban: { readonly reason: string; readonly untilMs: number | undefined },
  nowMs: number,
): Outcome<Decision> {
  const checked = requirePower(standing, target);
  if (!checked.ok) return checked;
  if (ban.untilMs !== undefined && ban.untilMs <= nowMs) {
    return refuse('BAD_FIELD', { field: 'until' });
  }
  if (target.ban !== undefined && target.ban.untilMs === ban.untilMs) return accept(UNCHANGED);
  const { account } = checked.value;
  return one({
    $case: 'memberBanned',
    value: {
      userId: account.userId,
      displayName: account.displayName,
      reason: ban.reason,
      until: ban.untilMs === undefined ? undefined : toTimestamp(ban.untilMs),
    },
  });
}

/** Lifts a ban. */
export function decideUnban(standing: Standing, target: Target): Outcome<Decision> {
  const moderator = requireRole(standing, Role.MODERATOR);
  if (!moderator.ok) return moderator;
  if (target.account === undefined) return noUser();
  if (target.ban === undefined) return accept(UNCHANGED);
  return one({ $case: 'memberUnbanned', value: { userId: target.account.userId } });
}

/** Stops a member from writing until a time; undefined = lets them write again. */
export function decideMute(
  standing: Standing,
  target: Target,
  untilMs: number | undefined,
): Outcome<Decision> {
  const checked = requirePower(standing, target);
  if (!checked.ok) return checked;
  if (target.member === undefined) return noUser();
  if (target.member.mutedUntilMs === untilMs) return accept(UNCHANGED);
  return one({
    $case: 'memberMuted',
    value: {
      userId: checked.value.account.userId,
      until: untilMs === undefined ? undefined : toTimestamp(untilMs),
    },
  });
}

/** Changes a role. Owners only; the last owner cannot step down. */
export function decideRole(standing: Standing, target: Target, role: Role): Outcome<Decision> {
  const owner = requireRole(standing, Role.OWNER);
  if (!owner.ok) return owner;
  if (role !== Role.MEMBER && role !== Role.MODERATOR && role !== Role.OWNER) {
    return refuse('BAD_FIELD', { field: 'role' });
  }
  if (target.account === undefined || target.member === undefined) return noUser();
  if (target.member.role === role) return accept(UNCHANGED);
  if (isLastOwner(target.member, owner.value.room.ownerCount)) return refuse('LAST_OWNER');
  return one({ $case: 'roleChanged', value: { userId: target.account.userId, role } });
}

/** Nobody acts on a role above their own, nor on themselves. */
function requirePower(
  standing: Standing,
  target: Target,
): Outcome<MemberStanding & { readonly account: Account }> {
  const moderator = requireRole(standing, Role.MODERATOR);
  if (!moderator.ok) return moderator;
  if (target.account === undefined) return noUser();
  const { member } = moderator.value;
  if (target.account.userId === member.userId) return refuse('FORBIDDEN', { field: 'user_id' });
  if (target.member !== undefined && target.member.role > member.role) return refuse('FORBIDDEN');
  return accept({ ...moderator.value, account: target.account });
}

function one(content: EntryContent): Outcome<Decision> {
  return accept({ contents: [content] });
}

function noUser(): ReturnType<typeof refuse> {
  return refuse('NOT_FOUND', { field: 'user_id' });
}
