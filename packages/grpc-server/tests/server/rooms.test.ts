import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Role, RoomKind } from '@chat/protocol';
import type { ChatServer } from '../../src/index.ts';
import {
  anonymous,
  Closing,
  codeOf,
  guest,
  messageId,
  newRoom,
  startServer,
  welcomeRoom,
} from './kit.ts';

describe('rooms and messages over gRPC', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  test('the welcome room is public, greets, and exists once', async () => {
    const anna = await guest(server, closing);
    const { entries } = await anna.messages.listEntries({ roomId: await welcomeRoom(anna) });
    const greeting = entries.find(({ content }) => content?.$case === 'messagePosted');
    expect(greeting?.actorId).toBe('system');
    const { rooms } = await anonymous(server, closing).rooms.listPublicRooms({});
    expect(rooms.map(({ name, code }) => ({ name, code }))).toEqual([
      { name: 'welcome', code: '' },
    ]);
  });

  test('a private room is entered by its code, typed as people do', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const { roomId, code } = await newRoom(anna, RoomKind.PRIVATE);
    expect(await codeOf(bert.rooms.joinRoom({ target: { $case: 'roomId', value: roomId } }))).toBe(
      'NOT_FOUND',
    );
    const typed = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} `;
    const { preview } = await anonymous(server, closing).rooms.previewRoom({ code: typed });
    expect(preview).toMatchObject({ roomId, memberCount: 1, invitedBy: anna.user.displayName });
    const joined = await bert.rooms.joinRoom({ target: { $case: 'code', value: typed } });
    expect(joined).toMatchObject({ role: Role.MEMBER, room: { roomId, memberCount: 2 } });
    const { code: fresh } = await anna.rooms.rotateCode({ roomId });
    expect(await codeOf(bert.rooms.previewRoom({ code }))).toBe('NOT_FOUND');
    expect(await codeOf(bert.rooms.previewRoom({ code: fresh }))).toBe('OK');
  });

  test('a password guards a room, whichever way in', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const { room } = await anna.rooms.createRoom({ name: 'Vault', password: 'sesame' });
    const target = { $case: 'name', value: 'VAULT' } as const;
    expect(await codeOf(bert.rooms.joinRoom({ target }))).toBe('WRONG_PASSWORD');
    expect(await codeOf(bert.rooms.joinRoom({ target, password: 'wrong' }))).toBe('WRONG_PASSWORD');
    const joined = await bert.rooms.joinRoom({ target, password: 'sesame' });
    expect(joined.room?.roomId).toBe(room?.roomId);
  });

  test('a public name is taken once; the same request makes the same room', async () => {
    const anna = await guest(server, closing);
    const request = { name: 'Garden', requestId: 'request-0001' };
    const first = await anna.rooms.createRoom(request);
    const again = await anna.rooms.createRoom(request);
    expect(again.room?.roomId).toBe(first.room?.roomId);
    expect(await codeOf(anna.rooms.createRoom({ name: 'GARDEN' }))).toBe('NAME_TAKEN');
    expect(await codeOf(anna.rooms.createRoom({ name: '  ' }))).toBe('EMPTY');
  });

  test('an invite opens the room as often as it says', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna, RoomKind.PRIVATE);
    const { invite } = await anna.rooms.createInvite({ roomId, maxUses: 1 });
    const target = { $case: 'code', value: invite!.code } as const;
    const bert = await guest(server, closing);
    await bert.rooms.joinRoom({ target });
    const carl = await guest(server, closing);
    expect(await codeOf(carl.rooms.joinRoom({ target }))).toBe('NOT_FOUND');
  });

  test('two users have one direct room, whoever opens it', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const mine = await anna.rooms.openDirect({ userIds: [bert.id] });
    const his = await bert.rooms.openDirect({ userIds: [anna.id] });
    expect(his.room?.roomId).toBe(mine.room?.roomId);
    expect(mine.room).toMatchObject({ kind: RoomKind.DIRECT, code: '' });
    expect(await codeOf(anna.rooms.openDirect({ userIds: ['nobody'] }))).toBe('NOT_FOUND');
    expect(await codeOf(anna.rooms.openDirect({ userIds: [anna.id] }))).toBe('BAD_FIELD');
  });

  test('whoever is blocked cannot open a direct room with the one who did it', async () => {
    const anna = await guest(server, closing);
    const eve = await guest(server, closing);
    await anna.users.blockUser({ userId: eve.id });
    const { users } = await anna.users.listBlockedUsers({});
    expect(users.map(({ userId }) => userId)).toEqual([eve.id]);
    expect(await codeOf(eve.rooms.openDirect({ userIds: [anna.id] }))).toBe('FORBIDDEN');
    await anna.users.unblockUser({ userId: eve.id });
    expect(await codeOf(eve.rooms.openDirect({ userIds: [anna.id] }))).toBe('OK');
  });

  test('[G2] [SND2] [SND3] a repeated send returns the first result, another text is a conflict', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const message = { roomId, clientMessageId: messageId(), text: 'once' };
    const first = await anna.messages.sendMessage(message);
    const again = await anna.messages.sendMessage(message);
    expect(again).toEqual({ ...first, duplicate: true });
    const other = anna.messages.sendMessage({ ...message, text: 'twice' });
    expect(await codeOf(other)).toBe('IDEMPOTENCY_CONFLICT');
  });

  test('[G4] [LOG1] history pages meet without hole or overlap, from every anchor', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    for (let index = 0; index < 30; index += 1) await anna.send(roomId, `m${index}`);
    const newest = await anna.messages.listEntries({ roomId, limit: 10 });
    const head = newest.head!.seq;
    const seqs = (page: typeof newest) => page.entries.map(({ seq }) => Number(seq));
    expect(seqs(newest).at(-1)).toBe(Number(head));
    const collected = seqs(newest);
    while (collected[0]! > 1) {
      const anchor = { $case: 'beforeSeq', value: BigInt(collected[0]!) } as const;
      collected.unshift(...seqs(await anna.messages.listEntries({ roomId, anchor, limit: 7 })));
    }
    expect(collected).toEqual(Array.from({ length: Number(head) }, (_, index) => index + 1));
    const around = { $case: 'aroundSeq', value: 15n } as const;
    expect(seqs(await anna.messages.listEntries({ roomId, anchor: around, limit: 5 }))).toContain(
      15,
    );
  });

  test('a message is edited, reacted to, pinned and deleted; history shows its newest state', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const seq = BigInt(await anna.send(roomId, 'first'));
    await anna.messages.editMessage({ roomId, seq, text: 'second' });
    await anna.messages.setReaction({ roomId, seq, emoji: '👍🏽', present: true });
    await anna.messages.setPin({ roomId, seq, pinned: true });
    const read = async () => {
      const { entry } = await anna.messages.getMessage({ roomId, seq });
      return entry?.content?.$case === 'messagePosted' ? entry.content.value.message : undefined;
    };
    expect(await read()).toMatchObject({
      text: 'second',
      pinned: true,
      reactions: [{ emoji: '👍🏽', userIds: [anna.id] }],
    });
    const notEmoji = anna.messages.setReaction({ roomId, seq, emoji: 'no', present: true });
    expect(await codeOf(notEmoji)).toBe('BAD_REACTION');
    await anna.messages.deleteMessage({ roomId, seq });
    expect(await read()).toMatchObject({ text: '', deleted: true });
  });

  test('a mention addresses whom it names, and counts as unread for them', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing, 'Bertram');
    const roomId = await welcomeRoom(anna);
    const seq = BigInt(await anna.send(roomId, 'look @bertram, not @nobody.'));
    const { entry } = await anna.messages.getMessage({ roomId, seq });
    const message =
      entry?.content?.$case === 'messagePosted' ? entry.content.value.message : undefined;
    expect(message?.mentions).toEqual([{ target: { $case: 'userId', value: bert.id } }]);
    const mine = await bert.rooms.listMyRooms({});
    expect(mine.rooms[0]?.unread).toMatchObject({ messages: 1, mentions: 1 });
    const { unread } = await bert.messages.markRead({ roomId, seq });
    expect(unread).toMatchObject({ messages: 0, mentions: 0, readSeq: seq });
    const { cursors } = await anna.messages.listReadCursors({ roomId });
    expect(cursors).toContainEqual({ roomId, userId: bert.id, seq });
  });

  test('[G9] a room that is not yours and a room that does not exist answer alike, everywhere', async () => {
    const anna = await guest(server, closing);
    const eve = await guest(server, closing);
    const { roomId } = await newRoom(anna, RoomKind.PRIVATE);
    const seq = BigInt(await anna.send(roomId, 'secret'));
    const answers = [];
    for (const room of [roomId, 'r_doesnotexist', '../x', '']) {
      const at = { roomId: room, seq };
      const target = { roomId: room, userId: anna.id };
      answers.push(
        await Promise.all(
          [
            eve.rooms.getRoom(at),
            eve.rooms.updateRoom({ roomId: room, topic: 'x' }),
            eve.rooms.deleteRoom(at),
            eve.rooms.joinRoom({ target: { $case: 'roomId', value: room } }),
            eve.rooms.listMembers(at),
            eve.rooms.createInvite(at),
            eve.rooms.listInvites(at),
            eve.rooms.rotateCode(at),
            eve.messages.sendMessage({ roomId: room, clientMessageId: messageId(), text: 'x' }),
            eve.messages.editMessage({ ...at, text: 'x' }),
            eve.messages.deleteMessage(at),
            eve.messages.setReaction({ ...at, emoji: '👍', present: true }),
            eve.messages.setPin({ ...at, pinned: true }),
            eve.messages.votePoll({ ...at, options: [0] }),
            eve.messages.listEntries({ roomId: room }),
            eve.messages.getMessage(at),
            eve.messages.markRead(at),
            eve.messages.listReadCursors(at),
            eve.moderation.kickMember(target),
            eve.moderation.banMember(target),
            eve.moderation.unbanMember(target),
            eve.moderation.muteMember({ ...target, durationSeconds: 60 }),
            eve.moderation.setRole({ ...target, role: Role.OWNER }),
          ].map(codeOf),
        ),
      );
    }
    expect(new Set(answers.flat())).toEqual(new Set(['NOT_FOUND']));
    expect(await codeOf(eve.rooms.leaveRoom({ roomId }))).toBe('OK');
  });

  test('members cannot act above their role; muted and banned users are kept out', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const { roomId, code } = await newRoom(anna);
    const join = { target: { $case: 'code', value: code } } as const;
    await bert.rooms.joinRoom(join);
    const overAnna = { roomId, userId: anna.id };
    const overBert = { roomId, userId: bert.id };
    expect(await codeOf(bert.moderation.kickMember(overAnna))).toBe('FORBIDDEN');
    expect(await codeOf(bert.rooms.updateRoom({ roomId, topic: 'x' }))).toBe('FORBIDDEN');
    expect(await codeOf(anna.moderation.setRole({ ...overAnna, role: Role.MEMBER }))).toBe(
      'LAST_OWNER',
    );
    await anna.moderation.muteMember({ ...overBert, durationSeconds: 60 });
    expect(await codeOf(bert.send(roomId, 'x'))).toBe('MUTED');
    await anna.moderation.muteMember({ ...overBert, durationSeconds: 0 });
    expect(await codeOf(bert.send(roomId, 'x'))).toBe('OK');
    await anna.moderation.banMember({ ...overBert, reason: 'spam' });
    expect(await codeOf(bert.send(roomId, 'x'))).toBe('NOT_FOUND');
    expect(await codeOf(bert.rooms.joinRoom(join))).toBe('BANNED');
    await anna.moderation.unbanMember(overBert);
    expect(await codeOf(bert.rooms.joinRoom(join))).toBe('OK');
  });

  test('bad input is refused with its field, and nothing is written', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const good = { roomId, clientMessageId: messageId(), text: 'x' };
    const cases = [
      [{ ...good, text: '' }, 'EMPTY'],
      [{ ...good, text: 'x'.repeat(4_001) }, 'TOO_LONG'],
      [{ ...good, text: 'a\0b' }, 'BAD_TEXT'],
      [{ ...good, clientMessageId: 'short' }, 'BAD_FIELD'],
      [{ ...good, replyToSeq: 2n ** 60n }, 'BAD_FIELD'],
      [{ ...good, replyToSeq: 999n }, 'NOT_FOUND'],
      [{ ...good, poll: { question: 'q', options: [{ text: 'one' }] } }, 'TOO_MANY'],
      [{ ...good, attachments: [{ mediaId: 'm' }] }, 'NOT_FOUND'],
    ] satisfies [Parameters<typeof anna.messages.sendMessage>[0], string][];
    for (const [request, code] of cases) {
      expect(await codeOf(anna.messages.sendMessage(request))).toBe(code);
    }
    const { entries } = await anna.messages.listEntries({ roomId });
    expect(entries.every(({ content }) => content?.$case !== 'messagePosted')).toBe(true);
  });

  test('a profile change reaches names in lists', async () => {
    const anna = await guest(server, closing);
    const { user } = await anna.users.updateProfile({ displayName: 'Renamed', statusText: 'away' });
    expect(user).toMatchObject({ displayName: 'Renamed', statusText: 'away' });
    const { users } = await anna.users.batchGetUsers({ userIds: ['nobody', anna.id] });
    expect(users.map(({ displayName }) => displayName)).toEqual(['Renamed']);
    const found = await anna.users.searchUsers({ query: 'rena' });
    expect(found.users.map(({ userId }) => userId)).toEqual([anna.id]);
  });
});
