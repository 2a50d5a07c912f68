import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ChatServer } from '../../src/index.ts';
import { Closing, guest, newRoom, startServer } from './kit.ts';
import { RelayLink } from './relay-link.ts';

let server: ChatServer;
let closing: Closing;
beforeEach(async () => {
  closing = new Closing();
  server = closing.add(await startServer(), (it) => it.close());
});
afterEach(() => closing.close());

test('[G10] a gateway that resumes a room for a session that lost it makes the client hear RoomClosed', async () => {
  const owner = await guest(server, closing);
  const stranger = await guest(server, closing);
  const { roomId } = await newRoom(owner);
  const link = new RelayLink(server, closing);
  await link.login(1, stranger.token);
  const after = { epoch: server.store.epoch, seq: 1n };
  // request_id 0: nobody waits for an answer, as after a lost link.
  link.command(1, 0, {
    $case: 'subscribe',
    value: { rooms: [{ roomId, after, maxReplay: 0 }] },
  });
  expect((await link.event(1, 'roomClosed')).value.roomId).toBe(roomId);
});
