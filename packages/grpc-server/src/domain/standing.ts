import { Role, RoomKind } from '@chat/protocol';
import type { Account } from './account.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import type { Ban, Member, Room } from './room.ts';

/** Who asks for what in which room, read under the room's lock. */
export interface Standing {
  /** undefined when the room does not exist. */
  readonly room: Room | undefined;
  readonly actor: Account;
  /** undefined when the actor is no member. */
  readonly member: Member | undefined;
  readonly ban: Ban | undefined;
}

/** A member acting in a room that exists. */
export interface MemberStanding {
  readonly room: Room;
  readonly actor: Account;
  readonly member: Member;
}

/** No such room and not a member answer alike (G9). */
export function requireMember(standing: Standing): Outcome<MemberStanding> {
  const { room, actor, member } = standing;
  if (room === undefined || member === undefined) return refuse('NOT_FOUND', { field: 'room_id' });
  return accept({ room, actor, member });
}

/** A member who may write now: the room is open, the member not muted. */
export function requireWriter(standing: Standing, nowMs: number): Outcome<MemberStanding> {
  const found = requireMember(standing);
  if (!found.ok) return found;
  const { room, member } = found.value;
  if (room.settings.archived) return refuse('ROOM_CLOSED');
  if (member.mutedUntilMs !== undefined && member.mutedUntilMs > nowMs) {
    return refuse('MUTED', { retryAfterMs: member.mutedUntilMs - nowMs });
  }
  return found;
}

/** A member with at least this role. In direct rooms nobody has a say over the other. */
export function requireRole(standing: Standing, role: Role): Outcome<MemberStanding> {
  const found = requireMember(standing);
  if (!found.ok) return found;
  if (isDirect(found.value.room) || found.value.member.role < role) return refuse('FORBIDDEN');
  return found;
}

/** True for rooms with a fixed set of members. */
export function isDirect(room: Room): boolean {
  return room.settings.kind === RoomKind.DIRECT || room.settings.kind === RoomKind.GROUP_DIRECT;
}

/** True for moderators and owners. */
export function isModerator(member: Member): boolean {
  return member.role >= Role.MODERATOR;
}

/** Oldest entry a member may read: all of a public or direct room, a private room from the own joining on. */
export function firstVisibleSeq(room: Room, member: Member): number {
  return room.settings.kind === RoomKind.PRIVATE ? member.joinSeq : 1;
}

/** Whether a member may see this entry. */
export function isVisible(standing: MemberStanding, seq: number): boolean {
  return seq >= firstVisibleSeq(standing.room, standing.member);
}
