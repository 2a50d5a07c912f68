import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatServer } from '../../src/index.ts';
import { Closing, guest, newRoom, sendCommand, startServer, userOf } from './kit.ts';
import { RelayLink } from './relay-link.ts';

/** Together far beyond what the sockets and the queue of a link may hold. */
const MESSAGES = 900;
const TEXT = '€'.repeat(4_000); // 12 KB

describe('[G13] [DOOR5] a reader that does not read', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  test('is cut with a resumable status, while the others miss nothing', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const stuckLink = new RelayLink(server, closing);
    await stuckLink.login(1, anna.token);
    const position = await stuckLink.join(1, roomId);
    // On a connection of its own: streams of one connection share its window.
    const { sessionId, token: accessToken, refreshToken } = anna;
    const elsewhere = userOf(server, closing, anna.user, { sessionId, accessToken, refreshToken });
    const stuckStream = elsewhere.chat();
    await stuckStream.open(roomId);
    const reader = anna.chat();
    await reader.open(roomId);
    stuckLink.stream.pause();
    stuckStream.pause();
    let last = 0;
    for (let sent = 0; sent < MESSAGES; sent += 50) {
      const ids = Array.from({ length: 50 }, () => reader.command(sendCommand(roomId, TEXT)));
      for (const id of ids) expect((await reader.answer(id)).$case).toBe('done');
      last = reader.seqs(roomId).at(-1) ?? last;
    }
    await reader.until(roomId, position + MESSAGES);
    expect(reader.seqs(roomId)).toHaveLength(MESSAGES);
    stuckLink.stream.resume();
    stuckStream.resume();
    expect((await stuckLink.ended)?.code).toBe('SLOW_CONSUMER');
    expect((await stuckStream.ended)?.code).toBe('SLOW_CONSUMER');
    // It comes back and goes on where it was.
    const again = new RelayLink(server, closing);
    await again.login(1, anna.token);
    const after = { epoch: server.store.epoch, seq: BigInt(last - 5) };
    expect(await again.join(1, roomId, after)).toBe(position + MESSAGES);
  }, 30_000);
});
