import type { RoomId, UserId } from '@chat/protocol';
import type { Account } from '../../../domain/account.ts';
import type { Standing } from '../../../domain/standing.ts';
import type { Context } from '../context.ts';

/** Who asks in which room. A user that does not exist is nobody's member. */
export function standingOf(context: Context, roomId: RoomId, userId: UserId): Standing {
  const actor = context.users.get(userId);
  const known = actor !== undefined && !actor.retired;
  return {
    room: context.rooms.get(roomId),
    // Never looked at without a member.
    actor: known ? actor : nobody(userId),
    member: known ? context.members.get(roomId, userId) : undefined,
    ban: undefined,
  };
}

function nobody(userId: UserId): Account {
  return {
    userId,
    kind: 0,
    displayName: '',
    nameKey: '',
    username: undefined,
    avatarMediaId: '',
    statusText: '',
    createdMs: 0,
    suspended: true,
    admin: false,
    retired: true,
  };
}
