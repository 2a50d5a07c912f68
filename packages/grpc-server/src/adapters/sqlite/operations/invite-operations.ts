import { Role, type RoomId, type UserId } from '@chat/protocol';
import { accept, refuse } from '../../../domain/outcome.ts';
import type { RoomCommand } from '../../../domain/room-command.ts';
import { isDirect, isModerator, requireMember, requireRole } from '../../../domain/standing.ts';
import type { Invite, Invites } from '../../../ports/invites.ts';
import type { Context, Operations } from '../context.ts';
import { num, orNone, type Row, text } from '../sql.ts';
import { standingOf } from './standing-of.ts';

/** Invites inside a transaction. */
export const inviteOperations: Operations<Invites> = {
  create(context, invite) {
    const standing = requireMember(standingOf(context, invite.roomId, invite.creatorId));
    if (!standing.ok) return standing;
    if (isDirect(standing.value.room)) return refuse('FORBIDDEN');
    context.sql.run(
      `INSERT INTO invites (code, room_id, creator_id, created_ms, expires_ms, max_uses, uses)
       VALUES (?, ?, ?, ?, ?, ?, 0)`,
      invite.code,
      invite.roomId,
      invite.creatorId,
      context.nowMs,
      invite.expiresMs ?? null,
      invite.maxUses,
    );
    return accept({ ...invite, createdMs: context.nowMs, uses: 0 });
  },

  list(context, { roomId, actorId }) {
    const standing = requireRole(standingOf(context, roomId, actorId), Role.MODERATOR);
    if (!standing.ok) return standing;
    const find = 'SELECT * FROM invites WHERE room_id = ? ORDER BY created_ms DESC, code';
    const invites = context.sql.all(find, roomId).map(toInvite);
    return accept(invites.filter((invite) => isLive(invite, context.nowMs)));
  },

  revoke(context, { code, actorId }) {
    const invite = readInvite(context, code);
    const standing =
      invite === undefined ? undefined : requireMember(standingOf(context, invite.roomId, actorId));
    const may =
      standing?.ok === true &&
      (invite?.creatorId === actorId || isModerator(standing.value.member));
    if (!may) return refuse('NOT_FOUND', { field: 'code' });
    context.sql.run('DELETE FROM invites WHERE code = ?', code);
    return accept(null);
  },
};

/** The invite with this code while it can be used. */
export function findLiveInvite(context: Context, code: string): Invite | undefined {
  const invite = readInvite(context, code);
  return invite !== undefined && isLive(invite, context.nowMs) ? invite : undefined;
}

/** Whether a join names a live invite of its room. */
export function isInviteLive(
  context: Context,
  command: Extract<RoomCommand, { readonly type: 'join' }>,
): boolean {
  if (typeof command.via !== 'object') return false;
  return findLiveInvite(context, command.via.inviteCode)?.roomId === command.roomId;
}

/** Counts one use. */
export function useInvite(context: Context, code: string): void {
  context.sql.run('UPDATE invites SET uses = uses + 1 WHERE code = ?', code);
}

function readInvite(context: Context, code: string): Invite | undefined {
  const row = context.sql.get('SELECT * FROM invites WHERE code = ?', code);
  return row === undefined ? undefined : toInvite(row);
}

function isLive(invite: Invite, nowMs: number): boolean {
  const unexpired = invite.expiresMs === undefined || invite.expiresMs > nowMs;
  return unexpired && (invite.maxUses === 0 || invite.uses < invite.maxUses);
}

function toInvite(row: Row): Invite {
  return {
    code: text(row, 'code'),
    // Ids were checked when they were written.
    roomId: text(row, 'room_id') as RoomId,
    creatorId: text(row, 'creator_id') as UserId,
    createdMs: num(row, 'created_ms'),
    expiresMs: orNone(row, 'expires_ms', num),
    maxUses: num(row, 'max_uses'),
    uses: num(row, 'uses'),
  };
}
