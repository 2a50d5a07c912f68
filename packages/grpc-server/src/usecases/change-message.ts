import { checkMessageText, LIMITS, utf8Length } from '@chat/protocol';
import type { RoomAction } from '../domain/room-command.ts';
import { type Outcome, refuse } from '../domain/outcome.ts';
import type { RateName } from '../limits/rate-limits.ts';
import type { Appended } from '../ports/room-log.ts';
import type { App, Caller } from './app.ts';
import { checkRoomId, checkSeq, checkText } from './check.ts';
import { findMentions } from './send-message.ts';

/** A message named by a request. */
interface MessageRef {
  readonly roomId: string;
  readonly seq: bigint;
}

/** Changes the text of the caller's own message. */
export async function editMessage(
  app: App,
  caller: Caller,
  request: MessageRef & { readonly text: string },
): Promise<Outcome<Appended>> {
  const text = checkMessageText(request.text);
  if (!text.ok) return refuse(text.code, { field: 'text' });
  const mentions = text.text.includes('@') ? await findMentions(app, text.text) : [];
  return change(app, caller, 'change', request, (seq) => ({
    type: 'edit',
    seq,
    text: text.text,
    mentions,
  }));
}

/** Deletes a message: the caller's own, or any as a moderator. */
export async function deleteMessage(
  app: App,
  caller: Caller,
  request: MessageRef & { readonly reason: string },
): Promise<Outcome<Appended>> {
  const reason = checkText(request.reason, LIMITS.maxTopicCodePoints, 'reason');
  if (!reason.ok) return reason;
  const action = (seq: number): RoomAction => ({ type: 'delete', seq, reason: reason.value });
  return change(app, caller, 'change', request, action);
}

/** Adds or removes the caller's reaction. */
export async function setReaction(
  app: App,
  caller: Caller,
  request: MessageRef & { readonly emoji: string; readonly present: boolean },
): Promise<Outcome<Appended>> {
  const { emoji, present } = request;
  if (utf8Length(emoji) > LIMITS.maxEmojiBytes || !EMOJI.test(emoji)) {
    return refuse('BAD_REACTION', { field: 'emoji' });
  }
  return change(app, caller, 'reaction', request, (seq) => ({
    type: 'react',
    seq,
    emoji,
    present,
  }));
}

/** Pins or unpins a message. */
export function setPin(
  app: App,
  caller: Caller,
  request: MessageRef & { readonly pinned: boolean },
): Promise<Outcome<Appended>> {
  const { pinned } = request;
  return change(app, caller, 'change', request, (seq) => ({ type: 'pin', seq, pinned }));
}

/** Votes in a poll; no option withdraws the vote. */
export async function votePoll(
  app: App,
  caller: Caller,
  request: MessageRef & { readonly options: readonly number[] },
): Promise<Outcome<Appended>> {
  const options = [...new Set(request.options)];
  if (options.length > LIMITS.maxPollOptions) return refuse('TOO_MANY', { field: 'options' });
  return change(app, caller, 'reaction', request, (seq) => ({ type: 'vote', seq, options }));
}

// One emoji sequence as Unicode defines it (with skin tones, families, flags and keycaps).
const EMOJI = /^\p{RGI_Emoji}$/v;

async function change(
  app: App,
  caller: Caller,
  rate: RateName,
  request: MessageRef,
  action: (seq: number) => RoomAction,
): Promise<Outcome<Appended>> {
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const seq = checkSeq(request.seq, 'seq');
  if (!seq.ok) return seq;
  const actorId = caller.account.userId;
  const allowed = app.limits.take(rate, actorId);
  if (!allowed.ok) return allowed;
  return app.store.log.append({ ...action(seq.value), roomId: roomId.value, actorId });
}
