import { type Message, type Poll, Role, toWireSeq } from '@chat/protocol';
import type { Decision } from './log-entry.ts';
import { accept, type Outcome, refuse } from './outcome.ts';
import type { PostMessage } from './room-command.ts';
import { requireWriter, type Standing } from './standing.ts';

/** What a new message points at: the states of these messages, undefined when there is no such message. */
export interface PostTargets {
  readonly replyTo: Message | undefined;
  readonly threadRoot: Message | undefined;
}

/** May this member post this now? */
export function decidePost(
  standing: Standing,
  command: PostMessage,
  targets: PostTargets,
  nowMs: number,
): Outcome<Decision> {
  const writer = requireWriter(standing, nowMs);
  if (!writer.ok) return writer;
  const { room, member } = writer.value;
  const slowMs = room.settings.slowModeSeconds * 1_000;
  if (slowMs > 0 && member.role === Role.MEMBER) {
    const waitMs = member.lastPostMs + slowMs - nowMs;
    // A wall clock that was set back must not lock a member out for longer than the rule itself.
    if (waitMs > 0) return refuse('RATE_LIMITED', { retryAfterMs: Math.min(waitMs, slowMs) });
  }
  if (command.replyToSeq !== 0 && targets.replyTo === undefined) {
    return refuse('NOT_FOUND', { field: 'reply_to_seq' });
  }
  // Threads are one level deep: the root is never itself inside a thread.
  if (command.threadRootSeq !== 0 && targets.threadRoot?.threadRootSeq !== 0n) {
    return refuse('NOT_FOUND', { field: 'thread_root_seq' });
  }
  return accept({
    contents: [{ $case: 'messagePosted', value: { message: toMessage(command) } }],
  });
}

/** The message as it is first written. */
export function toMessage(command: PostMessage): Message {
  return {
    clientMessageId: command.clientMessageId,
    text: command.text,
    attachments: [...command.attachments],
    replyToSeq: toWireSeq(command.replyToSeq),
    threadRootSeq: toWireSeq(command.threadRootSeq),
    alsoInRoom: command.alsoInRoom,
    mentions: [...command.mentions],
    poll: command.poll === undefined ? undefined : withoutVotes(command.poll),
    editTime: undefined,
    deleted: false,
    foldedSeq: 0n,
    reactions: [],
    pinned: false,
  };
}

/** What makes two posts the same: all that the client said, not what the server found in it. */
export function toComparable(message: Message): Message {
  return { ...message, mentions: [] };
}

function withoutVotes(poll: Poll): Poll {
  return { ...poll, options: poll.options.map((option) => ({ ...option, votes: 0 })) };
}
