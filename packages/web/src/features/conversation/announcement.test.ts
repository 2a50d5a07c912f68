import { expect, test } from '@jest/globals';
import { EMPTY_TIMELINE, type MessageView } from '../../store/model.ts';
import { announcement } from './announcement.ts';

const message = (seq: number, authorId: string): MessageView => ({
  kind: 'message',
  seq,
  timeMs: 0,
  authorId,
  authorName: authorId,
  text: `hi ${seq}`,
  clientMessageId: '',
  edited: false,
  deleted: false,
  reactions: [],
});
const timeline = {
  ...EMPTY_TIMELINE,
  entries: [message(1, 'Ana'), message(2, 'me'), message(3, 'Bo'), message(4, 'Ana')],
};

test('[UX22] new messages of others are read with their author', () => {
  expect(announcement(timeline, 1, 'me')).toBe('Bo: hi 3. Ana: hi 4');
});

test('[UX22] many are summed up, own ones and known ones are not read', () => {
  expect(announcement(timeline, 0, 'me')).toBe('3 new messages');
  expect(announcement(timeline, 4, 'me')).toBe('');
});
