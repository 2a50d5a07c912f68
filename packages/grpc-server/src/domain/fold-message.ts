import { type Message, type ReactionCount, toTimestamp, toWireSeq } from '@chat/protocol';
import type { LogEntry } from './log-entry.ts';

/** The message after an entry about it. `votesBefore` = the actor's vote before a pollVoted entry. */
export function foldMessage(
  before: Message,
  entry: LogEntry,
  votesBefore: readonly number[],
): Message {
  const message: Message = { ...before, foldedSeq: toWireSeq(entry.seq) };
  const { content } = entry;
  switch (content.$case) {
    case 'messageEdited':
      return {
        ...message,
        text: content.value.text,
        mentions: content.value.mentions,
        editTime: toTimestamp(entry.timeMs),
      };
    case 'messageDeleted':
      return {
        ...message,
        text: '',
        attachments: [],
        mentions: [],
        poll: undefined,
        reactions: [],
        pinned: false,
        deleted: true,
      };
    case 'reactionChanged':
      return {
        ...message,
        reactions: foldReactions(
          before.reactions,
          content.value.emoji,
          entry.actorId,
          content.value.present,
        ),
      };
    case 'pinChanged':
      return { ...message, pinned: content.value.pinned };
    case 'pollVoted':
      return { ...message, poll: foldVotes(before.poll, content.value.options, votesBefore) };
    default:
      return before;
  }
}

/** The message an entry is about; undefined when it is about none. */
export function messageSeqOf(content: LogEntry['content']): number | undefined {
  switch (content.$case) {
    case 'messageEdited':
    case 'messageDeleted':
    case 'reactionChanged':
    case 'pinChanged':
    case 'pollVoted':
      return Number(content.value.messageSeq);
    default:
      return undefined;
  }
}

function foldReactions(
  before: readonly ReactionCount[],
  emoji: string,
  userId: string,
  present: boolean,
): ReactionCount[] {
  const others = (reaction: ReactionCount): string[] =>
    reaction.userIds.filter((id) => id !== userId);
  if (!present) {
    return before
      .map((one) => (one.emoji === emoji ? { ...one, userIds: others(one) } : one))
      .filter((one) => one.userIds.length > 0);
  }
  if (!before.some((one) => one.emoji === emoji)) return [...before, { emoji, userIds: [userId] }];
  return before.map((one) =>
    one.emoji === emoji ? { ...one, userIds: [...others(one), userId] } : one,
  );
}

function foldVotes(
  poll: Message['poll'],
  options: readonly number[],
  before: readonly number[],
): Message['poll'] {
  if (poll === undefined) return undefined;
  return {
    ...poll,
    options: poll.options.map((option, index) => ({
      ...option,
      votes: option.votes + (options.includes(index) ? 1 : 0) - (before.includes(index) ? 1 : 0),
    })),
  };
}
