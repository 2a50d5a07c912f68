import { assertNever, RoomKind } from '@chat/protocol';
import type { Account } from '../../../domain/account.ts';
import { decideJoin, decideLeave } from '../../../domain/decide-membership.ts';
import {
  decideDelete,
  decideEdit,
  decidePin,
  decideReaction,
  decideVote,
  type PostedMessage,
} from '../../../domain/decide-message-change.ts';
import {
  decideBan,
  decideKick,
  decideMute,
  decideRole,
  decideUnban,
  type Target,
} from '../../../domain/decide-moderation.ts';
import { decidePost } from '../../../domain/decide-post.ts';
import { decideSettings, toSettingsContent } from '../../../domain/decide-settings.ts';
import { type Decision, UNCHANGED } from '../../../domain/log-entry.ts';
import { accept, type Outcome, refuse } from '../../../domain/outcome.ts';
import type { ChangeSettings, RoomCommand } from '../../../domain/room-command.ts';
import type { Standing } from '../../../domain/standing.ts';
import type { Context } from '../context.ts';
import { toMessageState } from '../entry-codec.ts';
import { isInviteLive } from './invite-operations.ts';

/** Loads what a decision needs and takes it. Writes nothing but settings that the log does not hold. */
export function decideCommand(
  context: Context,
  command: RoomCommand,
  actor: Account,
): Outcome<Decision> {
  const { nowMs } = context;
  const standing = readStanding(context, command, actor);
  switch (command.type) {
    case 'post':
      return decidePost(
        standing,
        command,
        {
          replyTo: readPosted(context, command, command.replyToSeq)?.message,
          threadRoot: readPosted(context, command, command.threadRootSeq)?.message,
        },
        nowMs,
      );
    case 'edit':
      return decideEdit(standing, readPosted(context, command, command.seq), command, nowMs);
    case 'delete':
      return decideDelete(standing, readPosted(context, command, command.seq), command.reason);
    case 'react':
      return decideReaction(standing, readPosted(context, command, command.seq), command, nowMs);
    case 'pin': {
      const posted = readPosted(context, command, command.seq);
      return decidePin(standing, posted, command.pinned, nowMs);
    }
    case 'vote': {
      const before = context.entries.vote(command.roomId, command.seq, actor.userId);
      const vote = { options: command.options, before };
      return decideVote(standing, readPosted(context, command, command.seq), vote, nowMs);
    }
    case 'join':
      return decideJoin(standing, command, isInviteLive(context, command), nowMs);
    case 'leave':
      return decideLeave(standing);
    case 'kick':
      return decideKick(standing, readTarget(context, command), command.reason);
    case 'ban':
      return decideBan(standing, readTarget(context, command), command, nowMs);
    case 'unban':
      return decideUnban(standing, readTarget(context, command));
    case 'mute':
      return decideMute(standing, readTarget(context, command), command.untilMs);
    case 'set-role':
      return decideRole(standing, readTarget(context, command), command.role);
    case 'change-settings':
      return changeSettings(context, standing, command);
    default:
      return assertNever(command);
  }
}

/** Who acts where. Bans matter to joins only. */
export function readStanding(
  context: Context,
  command: Pick<RoomCommand, 'roomId' | 'type'>,
  actor: Account,
): Standing {
  return {
    room: context.rooms.get(command.roomId),
    actor,
    member: context.members.get(command.roomId, actor.userId),
    ban: command.type === 'join' ? context.members.ban(command.roomId, actor.userId) : undefined,
  };
}

function readPosted(
  context: Context,
  command: RoomCommand,
  seq: number,
): PostedMessage | undefined {
  if (seq === 0) return undefined;
  const row = context.entries.get(command.roomId, seq);
  const message = row === undefined ? undefined : toMessageState(row);
  if (row === undefined || message === undefined) return undefined;
  const sender = context.members.get(command.roomId, row.actorId);
  return { seq, senderId: row.actorId, message, sender };
}

function readTarget(
  context: Context,
  command: Extract<RoomCommand, { readonly userId: unknown }>,
): Target {
  const account = context.users.get(command.userId);
  return {
    account: account?.retired === true ? undefined : account,
    member: context.members.get(command.roomId, command.userId),
    ban: context.members.ban(command.roomId, command.userId),
  };
}

/** Name key and password are not in the log, so they are written beside it. */
function changeSettings(
  context: Context,
  standing: Standing,
  command: ChangeSettings,
): Outcome<Decision> {
  const decided = decideSettings(standing, command);
  if (!decided.ok) return decided;
  const settings = decided.value;
  const { room } = standing;
  if (settings === undefined || room === undefined) return accept(UNCHANGED);
  const nameKey = command.nameKey ?? room.nameKey;
  if (settings.kind === RoomKind.PUBLIC) {
    const holder = context.rooms.findBy('public_name', nameKey);
    if (holder !== undefined && holder.roomId !== room.roomId) {
      return refuse('NAME_TAKEN', { field: 'name' });
    }
  }
  context.rooms.set({ ...room, settings, nameKey });
  return accept({ contents: [toSettingsContent(settings, false)] });
}
