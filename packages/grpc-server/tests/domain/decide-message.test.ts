import { describe, expect, test } from '@jest/globals';
import { type Message, Role, RoomKind, toTimestamp } from '@chat/protocol';
import {
  decideDelete,
  decideEdit,
  decidePin,
  decideReaction,
  decideVote,
  MAX_REACTION_KINDS,
  type PostedMessage,
} from '../../src/domain/decide-message-change.ts';
import { decidePost, toMessage } from '../../src/domain/decide-post.ts';
import { foldMessage } from '../../src/domain/fold-message.ts';
import type { PostMessage } from '../../src/domain/room-command.ts';
import { aMember, answer, aRoom, aStanding, NOW_MS, user } from './standings.ts';

const POST: PostMessage = {
  type: 'post',
  clientMessageId: 'message-1',
  text: 'hello',
  attachments: [],
  replyToSeq: 0,
  threadRootSeq: 0,
  alsoInRoom: false,
  mentions: [],
  poll: undefined,
};
const NONE = { replyTo: undefined, threadRoot: undefined };
const posted = (
  change: Partial<Message> = {},
  senderId = 'actor',
  sender?: Role,
): PostedMessage => ({
  seq: 5,
  senderId: user(senderId),
  message: { ...toMessage(POST), ...change },
  sender: sender === undefined ? undefined : aMember(senderId, sender),
});
const { MEMBER, MODERATOR, OWNER } = Role;

describe('posting', () => {
  const slow = { room: aRoom({ slowModeSeconds: 10 }) };
  const justPosted = (role: Role, agoMs: number) =>
    aStanding(role, { ...slow, member: aMember('actor', role, { lastPostMs: NOW_MS - agoMs }) });
  test.each([
    ['a member', aStanding(MEMBER), 'messagePosted'],
    ['a stranger', aStanding(undefined), 'NOT_FOUND'],
    ['in no room', aStanding(undefined, { room: undefined }), 'NOT_FOUND'],
    [
      'in an archived room, even its owner',
      aStanding(OWNER, { room: aRoom({ archived: true }) }),
      'ROOM_CLOSED',
    ],
    [
      'while muted',
      aStanding(MEMBER, { member: aMember('actor', MEMBER, { mutedUntilMs: NOW_MS + 1 }) }),
      'MUTED',
    ],
    [
      'after the mute',
      aStanding(MEMBER, { member: aMember('actor', MEMBER, { mutedUntilMs: NOW_MS }) }),
      'messagePosted',
    ],
    ['too soon in slow mode', justPosted(MEMBER, 9_999), 'RATE_LIMITED'],
    ['in time in slow mode', justPosted(MEMBER, 10_000), 'messagePosted'],
    ['too soon, but a moderator', justPosted(MODERATOR, 0), 'messagePosted'],
  ])('%s', (_, standing, expected) => {
    expect(answer(decidePost(standing, POST, NONE, NOW_MS))).toBe(expected);
  });

  test('[G20] a wall clock that was set back delays no longer than slow mode itself', () => {
    const outcome = decidePost(justPosted(MEMBER, -3_600_000), POST, NONE, NOW_MS);
    expect(outcome).toMatchObject({ ok: false, error: { retryAfterMs: 10_000 } });
  });

  test('threads are one level deep', () => {
    const inThread = { ...POST, threadRootSeq: 5 };
    const root = { ...NONE, threadRoot: posted().message };
    expect(answer(decidePost(aStanding(MEMBER), inThread, root, NOW_MS))).toBe('messagePosted');
    const child = { ...NONE, threadRoot: posted({ threadRootSeq: 3n }).message };
    expect(answer(decidePost(aStanding(MEMBER), inThread, child, NOW_MS))).toBe('NOT_FOUND');
    expect(answer(decidePost(aStanding(MEMBER), inThread, NONE, NOW_MS))).toBe('NOT_FOUND');
  });

  test('a poll begins without votes, whatever the sender claims', () => {
    const options = [{ text: 'a', votes: 9 }];
    const poll = { question: '?', options, multiple: false, closeTime: undefined };
    expect(toMessage({ ...POST, poll }).poll?.options).toEqual([{ text: 'a', votes: 0 }]);
  });
});

describe('changing messages (R9)', () => {
  const edit = { text: 'new', mentions: [] };
  test.each([
    ['own', MEMBER, posted(), 'messageEdited'],
    ['same text', MEMBER, posted({ text: 'new' }), 'unchanged'],
    ['of others', OWNER, posted({}, 'other'), 'FORBIDDEN'],
    ['deleted', MEMBER, posted({ deleted: true }), 'GONE'],
    ['unknown', MEMBER, undefined, 'NOT_FOUND'],
  ])('editing %s', (_, role, message, expected) => {
    expect(answer(decideEdit(aStanding(role), message, edit, NOW_MS))).toBe(expected);
  });

  test.each([
    ['own', MEMBER, posted(), 'messageDeleted'],
    ['of others as member', MEMBER, posted({}, 'other', MEMBER), 'FORBIDDEN'],
    ['of a member as moderator', MODERATOR, posted({}, 'other', MEMBER), 'messageDeleted'],
    ['of an owner as moderator', MODERATOR, posted({}, 'other', OWNER), 'FORBIDDEN'],
    ['of somebody gone as moderator', MODERATOR, posted({}, 'other'), 'messageDeleted'],
    ['twice', MEMBER, posted({ deleted: true }), 'unchanged'],
    ['unknown', OWNER, undefined, 'NOT_FOUND'],
  ])('deleting %s', (_, role, message, expected) => {
    expect(answer(decideDelete(aStanding(role), message, ''))).toBe(expected);
  });

  test('the 51st emoji is too many, one more of a known one is not', () => {
    const reactions = Array.from({ length: MAX_REACTION_KINDS }, (_, n) => ({
      emoji: `e${n}`,
      userIds: ['other'],
    }));
    const message = posted({ reactions });
    const react = (emoji: string, present: boolean) =>
      answer(decideReaction(aStanding(MEMBER), message, { emoji, present }, NOW_MS));
    expect(react('new', true)).toBe('TOO_MANY');
    expect(react('e3', true)).toBe('reactionChanged');
    expect(react('e3', false)).toBe('unchanged');
  });

  test('moderators pin, in direct rooms both', () => {
    expect(answer(decidePin(aStanding(MEMBER), posted(), true, NOW_MS))).toBe('FORBIDDEN');
    expect(answer(decidePin(aStanding(MODERATOR), posted(), true, NOW_MS))).toBe('pinChanged');
    const direct = aStanding(MEMBER, { room: aRoom({ kind: RoomKind.DIRECT }) });
    expect(answer(decidePin(direct, posted(), true, NOW_MS))).toBe('pinChanged');
  });

  test('votes fit the poll and its time', () => {
    const options = [
      { text: 'a', votes: 0 },
      { text: 'b', votes: 0 },
    ];
    const poll = { question: '?', options, multiple: false, closeTime: toTimestamp(NOW_MS + 1) };
    const vote = (chosen: number[], change: Partial<typeof poll> = {}, before: number[] = []) =>
      answer(
        decideVote(
          aStanding(MEMBER),
          posted({ poll: { ...poll, ...change } }),
          { options: chosen, before },
          NOW_MS,
        ),
      );
    expect(vote([1])).toBe('pollVoted');
    expect(vote([1], {}, [1])).toBe('unchanged');
    expect(vote([0, 1])).toBe('BAD_FIELD');
    expect(vote([1, 0], { multiple: true })).toBe('pollVoted');
    for (const bad of [[2], [-1], [0.5], [0, 0]])
      expect(vote(bad, { multiple: true })).toBe('BAD_FIELD');
    expect(vote([1], { closeTime: toTimestamp(NOW_MS) })).toBe('ROOM_CLOSED');
    expect(
      answer(decideVote(aStanding(MEMBER), posted(), { options: [0], before: [] }, NOW_MS)),
    ).toBe('NOT_FOUND');
  });

  test('[G9] what lies before the joining cannot be touched', () => {
    const room = aRoom({ kind: RoomKind.PRIVATE });
    const late = aStanding(MODERATOR, {
      room,
      member: aMember('actor', MODERATOR, { joinSeq: 6 }),
    });
    expect(answer(decideDelete(late, posted({}, 'other'), ''))).toBe('NOT_FOUND');
    expect(answer(decideReaction(late, posted(), { emoji: 'x', present: true }, NOW_MS))).toBe(
      'NOT_FOUND',
    );
  });
});

describe('folding messages', () => {
  const entry = { seq: 9, timeMs: NOW_MS, actorId: user('ann') };
  test('reactions keep the order of first use and lose an emoji with its last user', () => {
    const react = (message: Message, emoji: string, actor: string, present: boolean) =>
      foldMessage(
        message,
        {
          ...entry,
          actorId: user(actor),
          content: { $case: 'reactionChanged', value: { messageSeq: 5n, emoji, present } },
        },
        [],
      );
    let message = react(posted().message, 'a', 'ann', true);
    message = react(message, 'b', 'ann', true);
    message = react(message, 'a', 'bob', true);
    expect(message.reactions).toEqual([
      { emoji: 'a', userIds: ['ann', 'bob'] },
      { emoji: 'b', userIds: ['ann'] },
    ]);
    message = react(message, 'a', 'ann', false);
    message = react(message, 'b', 'ann', false);
    expect(message.reactions).toEqual([{ emoji: 'a', userIds: ['bob'] }]);
    expect(message.foldedSeq).toBe(9n);
  });

  test('[G23] a deleted message keeps its place and nothing of its content', () => {
    const before = posted({
      replyToSeq: 3n,
      pinned: true,
      reactions: [{ emoji: 'a', userIds: ['ann'] }],
    }).message;
    const after = foldMessage(
      before,
      { ...entry, content: { $case: 'messageDeleted', value: { messageSeq: 5n, reason: '' } } },
      [],
    );
    expect(after).toMatchObject({
      deleted: true,
      text: '',
      attachments: [],
      reactions: [],
      pinned: false,
      replyToSeq: 3n,
    });
  });
});
