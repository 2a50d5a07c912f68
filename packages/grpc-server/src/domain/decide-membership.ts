import { Role, RoomKind, UserKind } from '@chat/protocol';
import { type Decision, UNCHANGED } from './log-entry.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import type { Member } from './room.ts';
import type { JoinRoom } from './room-command.ts';
import { isDirect, type Standing } from './standing.ts';

/** Members of one room. A member list and the fan-out are made for this. */
export const MAX_ROOM_MEMBERS = 10_000;

/** May this user become a member? OK when already one. */
export function decideJoin(
  standing: Standing,
  command: JoinRoom,
  /** Whether the invite named by the command is live and of this room. */
  inviteLive: boolean,
  nowMs: number,
): Outcome<Decision> {
  const { room, actor, member, ban } = standing;
  if (room === undefined) return noRoom();
  if (member !== undefined) return accept(UNCHANGED);
  if (isDirect(room)) return noRoom();
  if (command.via === 'public' && room.settings.kind !== RoomKind.PUBLIC) return noRoom();
  if (typeof command.via === 'object' && !inviteLive) return noRoom();
  if (ban !== undefined && (ban.untilMs === undefined || ban.untilMs > nowMs)) {
    return refuse('BANNED');
  }
  if (actor.kind === UserKind.GUEST && !room.settings.guestsAllowed) {
    return refuse('GUESTS_REFUSED');
  }
  const password = room.settings.passwordHash;
  if (password !== undefined && command.provenPasswordHash !== password) {
    return refuse('WRONG_PASSWORD', { field: 'password' });
  }
  if (room.memberCount >= MAX_ROOM_MEMBERS) return refuse('LIMIT', { field: 'room_id' });
  return accept({
    contents: [
      {
        $case: 'memberJoined',
        value: { userId: actor.userId, displayName: actor.displayName },
      },
    ],
  });
}

/** May this member go? The last owner must hand the room over first, unless nobody else is there. */
export function decideLeave(standing: Standing): Outcome<Decision> {
  const { room, actor, member } = standing;
  if (room === undefined || member === undefined) return accept(UNCHANGED);
  if (isDirect(room)) return refuse('FORBIDDEN');
  if (isLastOwner(member, room.ownerCount) && room.memberCount > 1) return refuse('LAST_OWNER');
  return accept({ contents: [left(actor)] });
}

/** A guest ends: it leaves whatever it was. The successor, if any, becomes owner before. */
export function decideRetire(standing: Standing, successor: Member | undefined): Decision {
  const { room, actor, member } = standing;
  if (room === undefined || member === undefined) return UNCHANGED;
  if (successor !== undefined && !isDirect(room) && isLastOwner(member, room.ownerCount)) {
    const heir = { userId: successor.userId, role: Role.OWNER };
    return { contents: [{ $case: 'roleChanged', value: heir }, left(actor)] };
  }
  return { contents: [left(actor)] };
}

/** True when the room would be without an owner if this member were none. */
export function isLastOwner(member: Member, ownerCount: number): boolean {
  return member.role === Role.OWNER && ownerCount === 1;
}

function left(actor: Standing['actor']): Decision['contents'][number] {
  return {
    $case: 'memberLeft',
    value: { userId: actor.userId, displayName: actor.displayName },
  };
}

function noRoom(): ReturnType<typeof refuse> {
  return refuse('NOT_FOUND', { field: 'room_id' });
}
