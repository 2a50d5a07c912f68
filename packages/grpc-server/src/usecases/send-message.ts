import {
  checkMessageText,
  LIMITS,
  type Mention,
  nameKey,
  type Poll,
  type SendMessageRequest,
} from '@chat/protocol';
import { accept, type Outcome, refuse } from '../domain/outcome.ts';
import type { RoomCommand } from '../domain/room-command.ts';
import type { Appended } from '../ports/room-log.ts';
import type { App, Caller } from './app.ts';
import { checkClientId, checkRoomId, checkSeq, checkText } from './check.ts';

/** Posts a message; resolves after the commit. */
export async function sendMessage(
  app: App,
  caller: Caller,
  request: SendMessageRequest,
): Promise<Outcome<Appended>> {
  const command = await prepareMessage(app, caller, request);
  return command.ok ? app.store.log.append(command.value) : command;
}

/**
 * Checks a message and makes its command. Synchronous unless the text names somebody, so that a stream of messages
 * reaches the log in its order without a queue.
 */
export function prepareMessage(
  app: App,
  caller: Caller,
  request: SendMessageRequest,
): Outcome<RoomCommand> | Promise<Outcome<RoomCommand>> {
  const command = toCommand(app, caller, request);
  if (!command.ok || !request.text.includes('@')) return command;
  return findMentions(app, request.text).then((mentions) => accept({ ...command.value, mentions }));
}

function toCommand(app: App, caller: Caller, request: SendMessageRequest): Outcome<RoomCommand> {
  const actorId = caller.account.userId;
  const roomId = checkRoomId(request.roomId);
  if (!roomId.ok) return roomId;
  const clientMessageId = checkClientId(request.clientMessageId, 'client_message_id', false);
  if (!clientMessageId.ok) return clientMessageId;
  // Files need the media service, which is not served yet: no media id is known.
  if (request.attachments.length > 0)
    return refuse('NOT_FOUND', { field: 'attachments[0].media_id' });
  const poll = checkPoll(request.poll);
  if (!poll.ok) return poll;
  const text = checkMessageText(request.text);
  const emptyPoll = !text.ok && text.code === 'EMPTY' && request.poll !== undefined;
  if (!text.ok && !emptyPoll) return refuse(text.code, { field: 'text' });
  const replyToSeq = checkSeq(request.replyToSeq, 'reply_to_seq');
  if (!replyToSeq.ok) return replyToSeq;
  const threadRootSeq = checkSeq(request.threadRootSeq, 'thread_root_seq');
  if (!threadRootSeq.ok) return threadRootSeq;
  for (const allowed of [
    app.limits.take('sendInRoom', `${actorId} ${roomId.value}`),
    app.limits.take('send', actorId),
  ]) {
    if (!allowed.ok) return allowed;
  }
  return accept({
    type: 'post',
    roomId: roomId.value,
    actorId,
    clientMessageId: clientMessageId.value,
    text: text.ok ? text.text : '',
    attachments: [],
    replyToSeq: replyToSeq.value,
    threadRootSeq: threadRootSeq.value,
    alsoInRoom: request.alsoInRoom,
    mentions: [],
    poll: poll.value,
  });
}

// A name after @: letters, digits and . _ - inside. Linear: every symbol is looked at once.
const MENTION = /(?<![\p{L}\p{N}_@])@([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})/gu;
/** Names looked up for one message. */
const MAX_LOOKUPS = 20;

/** Whom a text addresses: @username, @display-name, @everyone, @here. Unknown names address nobody. */
export async function findMentions(app: App, text: string): Promise<readonly Mention[]> {
  const mentions = new Map<string, Mention>();
  let lookups = 0;
  for (const [, word = ''] of text.matchAll(MENTION)) {
    const name = nameKey(word.replace(/[._-]+$/, ''));
    if (mentions.has(name) || mentions.size >= LIMITS.maxMentions) continue;
    if (name === 'everyone') mentions.set(name, { target: { $case: 'everyone', value: true } });
    else if (name === 'here') mentions.set(name, { target: { $case: 'here', value: true } });
    else if (lookups < MAX_LOOKUPS) {
      lookups += 1;
      const found = await app.store.people.search({ prefix: name, limit: 10 });
      const user = found.find((account) => account.username === name || account.nameKey === name);
      if (user) mentions.set(name, { target: { $case: 'userId', value: user.userId } });
    }
  }
  return [...mentions.values()];
}

function checkPoll(poll: Poll | undefined): Outcome<Poll | undefined> {
  if (poll === undefined) return accept(undefined);
  const question = checkText(poll.question, LIMITS.maxPollQuestionCodePoints, 'poll.question');
  if (!question.ok) return question;
  if (question.value === '') return refuse('EMPTY', { field: 'poll.question' });
  if (poll.options.length < LIMITS.minPollOptions || poll.options.length > LIMITS.maxPollOptions) {
    return refuse('TOO_MANY', { field: 'poll.options' });
  }
  const options = [];
  for (const [index, option] of poll.options.entries()) {
    const field = `poll.options[${index}].text`;
    const text = checkText(option.text, LIMITS.maxPollOptionCodePoints, field);
    if (!text.ok) return text;
    if (text.value === '') return refuse('EMPTY', { field });
    options.push({ text: text.value, votes: 0 });
  }
  return accept({ ...poll, question: question.value, options });
}
