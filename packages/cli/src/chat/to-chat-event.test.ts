import type { MessageItem, NoticeItem } from '@chat/client';
import { expect, test } from '@jest/globals';
import { toChangeEvent, toChatEvent } from './to-chat-event.ts';

const MESSAGE: MessageItem = {
  kind: 'message',
  key: 'k',
  seq: 5,
  clientMessageId: 'k',
  senderId: 'u1',
  senderName: 'Alice',
  own: false,
  timeMs: 1_000,
  text: 'Hi',
  attachments: [],
  replyToSeq: 0,
  threadRootSeq: 0,
  alsoInRoom: false,
  mentions: [],
  mentionsMe: false,
  poll: undefined,
  editTimeMs: 0,
  deleted: false,
  reactions: [],
  pinned: false,
  delivery: { state: 'sent' },
};

function notice(of: NoticeItem['notice']): NoticeItem {
  return {
    kind: 'notice',
    key: 'n',
    seq: 6,
    timeMs: 2_000,
    actorId: 'u2',
    actorName: 'Mod',
    notice: of,
  };
}

const from = { id: 'u1', name: 'Alice' };
const at = { roomId: 'r', seq: 5, timeMs: 1_000 };
const later = { roomId: 'r', seq: 6, timeMs: 2_000 };

test('messages and notices become events', () => {
  expect(toChatEvent('r', MESSAGE)).toEqual({
    ...at,
    kind: 'message',
    from,
    text: 'Hi',
    edited: false,
  });
  expect(toChatEvent('r', { ...MESSAGE, editTimeMs: 9 })).toMatchObject({ edited: true });
  expect(toChatEvent('r', { ...MESSAGE, deleted: true, text: '' })).toEqual({
    ...at,
    kind: 'deleted',
    from,
    messageSeq: 5,
  });
  const file = {
    mediaId: 'm',
    fileName: 'a.png',
    contentType: '',
    sizeBytes: 3,
    width: 0,
    height: 0,
    altText: '',
  };
  expect(toChatEvent('r', { ...MESSAGE, text: '', attachments: [file] })).toMatchObject({
    text: '[file a.png, 3 bytes]',
  });
  const user = { userId: 'u1', displayName: 'Alice' };
  expect(toChatEvent('r', notice({ type: 'joined', ...user }))).toEqual({
    ...later,
    kind: 'joined',
    from,
  });
  expect(toChatEvent('r', notice({ type: 'banned', ...user, reason: 'spam' }))).toEqual({
    ...later,
    kind: 'banned',
    from,
    by: { id: 'u2', name: 'Mod' },
    reason: 'spam',
  });
});

test('what a terminal does not show, and unsent messages, become nothing', () => {
  expect(toChatEvent('r', { ...MESSAGE, seq: 0 })).toBeUndefined();
  expect(toChatEvent('r', notice({ type: 'muted', userId: 'u1' }))).toBeUndefined();
});

test('an edit and a deletion are told, a reaction is not', () => {
  const before = { text: 'Hi', deleted: false };
  const reaction = { ...MESSAGE, reactions: [{ emoji: '👍', userIds: ['u2'] }] };
  expect(toChangeEvent('r', reaction, before, 7)).toBeUndefined();
  expect(toChangeEvent('r', { ...MESSAGE, text: 'Ho', editTimeMs: 4_000 }, before, 7)).toEqual({
    roomId: 'r',
    seq: 5,
    messageSeq: 5,
    from,
    kind: 'edited',
    timeMs: 4_000,
    text: 'Ho',
  });
  const deleted = { ...MESSAGE, text: '', deleted: true };
  expect(toChangeEvent('r', deleted, before, 7)).toMatchObject({ kind: 'deleted', timeMs: 7 });
  expect(toChangeEvent('r', deleted, { text: 'Hi', deleted: true }, 8)).toBeUndefined();
  expect(toChangeEvent('r', deleted, undefined, 8)).toBeUndefined();
});
