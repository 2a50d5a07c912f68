import { fromTimestamp, type Mention, type Message, toWireSeq, type UserId } from '@chat/protocol';
import { type Decision, UNCHANGED } from './log-entry.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import type { Member } from './room.ts';
import {
  isDirect,
  isModerator,
  isVisible,
  type MemberStanding,
  requireMember,
  requireWriter,
  type Standing,
} from './standing.ts';

/** Different emoji on one message. More would not fit on a screen. */
export const MAX_REACTION_KINDS = 50;

/** A posted message in its newest state. */
export interface PostedMessage {
  readonly seq: number;
  readonly senderId: UserId;
  readonly message: Message;
  /** The sender as a member; undefined when gone. */
  readonly sender: Member | undefined;
}

/** Only the sender edits. */
export function decideEdit(
  standing: Standing,
  posted: PostedMessage | undefined,
  change: { readonly text: string; readonly mentions: readonly Mention[] },
  nowMs: number,
): Outcome<Decision> {
  const writer = requireWriter(standing, nowMs);
  if (!writer.ok) return writer;
  const live = requireLive(writer.value, posted);
  if (!live.ok) return live;
  const { senderId, message, seq } = live.value;
  if (senderId !== standing.actor.userId) return refuse('FORBIDDEN');
  if (message.text === change.text) return accept(UNCHANGED);
  return accept({
    contents: [
      {
        $case: 'messageEdited',
        value: {
          messageSeq: toWireSeq(seq),
          text: change.text,
          mentions: [...change.mentions],
        },
      },
    ],
  });
}

/** The sender deletes, or a moderator whose role is not below the sender's. Deleting again is no fault. */
export function decideDelete(
  standing: Standing,
  posted: PostedMessage | undefined,
  reason: string,
): Outcome<Decision> {
  const found = requireMember(standing);
  if (!found.ok) return found;
  const { member, room } = found.value;
  if (posted === undefined || !isVisible(found.value, posted.seq)) return noMessage();
  const own = posted.senderId === member.userId;
  if (!own && (isDirect(room) || !isModerator(member))) return refuse('FORBIDDEN');
  if (!own && posted.sender !== undefined && posted.sender.role > member.role) {
    return refuse('FORBIDDEN');
  }
  if (posted.message.deleted) return accept(UNCHANGED);
  return accept({
    contents: [{ $case: 'messageDeleted', value: { messageSeq: toWireSeq(posted.seq), reason } }],
  });
}

/** A member reacts, or takes the own reaction back. */
export function decideReaction(
  standing: Standing,
  posted: PostedMessage | undefined,
  change: { readonly emoji: string; readonly present: boolean },
  nowMs: number,
): Outcome<Decision> {
  const writer = requireWriter(standing, nowMs);
  if (!writer.ok) return writer;
  const live = requireLive(writer.value, posted);
  if (!live.ok) return live;
  const { message, seq } = live.value;
  const used = message.reactions.find((reaction) => reaction.emoji === change.emoji);
  const has = used?.userIds.includes(standing.actor.userId) ?? false;
  if (has === change.present) return accept(UNCHANGED);
  if (change.present && used === undefined && message.reactions.length >= MAX_REACTION_KINDS) {
    return refuse('TOO_MANY', { field: 'emoji' });
  }
  return accept({
    contents: [
      {
        $case: 'reactionChanged',
        value: { messageSeq: toWireSeq(seq), emoji: change.emoji, present: change.present },
      },
    ],
  });
}

/** Moderators pin; in a direct room both may. */
export function decidePin(
  standing: Standing,
  posted: PostedMessage | undefined,
  pinned: boolean,
  nowMs: number,
): Outcome<Decision> {
  const writer = requireWriter(standing, nowMs);
  if (!writer.ok) return writer;
  const live = requireLive(writer.value, posted);
  if (!live.ok) return live;
  if (!isDirect(writer.value.room) && !isModerator(writer.value.member)) return refuse('FORBIDDEN');
  if (live.value.message.pinned === pinned) return accept(UNCHANGED);
  return accept({
    contents: [{ $case: 'pinChanged', value: { messageSeq: toWireSeq(live.value.seq), pinned } }],
  });
}

/** A member votes, changes the vote or withdraws it (no options). */
export function decideVote(
  standing: Standing,
  posted: PostedMessage | undefined,
  vote: { readonly options: readonly number[]; readonly before: readonly number[] },
  nowMs: number,
): Outcome<Decision> {
  const writer = requireWriter(standing, nowMs);
  if (!writer.ok) return writer;
  const live = requireLive(writer.value, posted);
  if (!live.ok) return live;
  const poll = live.value.message.poll;
  if (poll === undefined) return noMessage();
  if (poll.closeTime !== undefined && fromTimestamp(poll.closeTime) <= nowMs) {
    return refuse('ROOM_CLOSED', { field: 'seq' });
  }
  const options = [...new Set(vote.options)].toSorted((a, b) => a - b);
  const valid = options.every(
    (option) => Number.isInteger(option) && option >= 0 && option < poll.options.length,
  );
  if (!valid || options.length !== vote.options.length || (!poll.multiple && options.length > 1)) {
    return refuse('BAD_FIELD', { field: 'options' });
  }
  if (options.join() === vote.before.join()) return accept(UNCHANGED);
  return accept({
    contents: [{ $case: 'pollVoted', value: { messageSeq: toWireSeq(live.value.seq), options } }],
  });
}

function requireLive(
  standing: MemberStanding,
  posted: PostedMessage | undefined,
): Outcome<PostedMessage> {
  if (posted === undefined || !isVisible(standing, posted.seq)) return noMessage();
  return posted.message.deleted ? refuse('GONE', { field: 'seq' }) : accept(posted);
}

function noMessage(): ReturnType<typeof refuse> {
  return refuse('NOT_FOUND', { field: 'seq' });
}
