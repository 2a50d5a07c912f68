import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatServer } from '../../src/index.ts';
import { Closing, guest, newRoom, startServer, subscribe } from './kit.ts';
import { RelayLink } from './relay-link.ts';

const SESSIONS = 150;
const MESSAGES = 60;
const TEXT = 'x'.repeat(1_000);

describe('a gateway that comes back with everyone at once', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  test('[RLY3] [G13] gets more than a link may hold, without being cut', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const sends = Array.from({ length: MESSAGES }, () => anna.send(roomId, TEXT));
    const head = Math.max(...(await Promise.all(sends)));
    const link = new RelayLink(server, closing);
    const after = { epoch: server.store.epoch, seq: 0n };
    link.stream.pause(); // a gateway that is busy with its sockets
    for (let session = 1; session <= SESSIONS; session += 1) {
      link.attach(session, anna.token);
      link.write(session, { $case: 'openChat', value: {} });
      link.command(session, 0, subscribe([{ roomId, after, maxReplay: 0 }]));
    }
    link.stream.resume();
    const joined = () => link.inbox.items.filter(({ $case }) => $case === 'roomJoin');
    await link.inbox.find(() => joined().length === SESSIONS);
    const replayed = new Map<number, number>();
    for (const record of link.inbox.items) {
      if (record.$case === 'sessionEvent' && record.value.roomId === roomId) {
        replayed.set(record.value.session, Number(record.value.lastSeq));
      }
    }
    expect(replayed.size).toBe(SESSIONS);
    expect(new Set(replayed.values())).toEqual(new Set([head]));
  });
});
