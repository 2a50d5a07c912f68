import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { ChatServer } from '../../src/index.ts';
import { Closing, guest, newRoom, sendCommand, startServer, subscribe } from './kit.ts';

describe('rules of the chat stream', () => {
  let server: ChatServer;
  let closing: Closing;
  beforeEach(async () => {
    closing = new Closing();
    server = closing.add(await startServer(), (it) => it.close());
  });
  afterEach(() => closing.close());

  test('[CHAT2] each command is answered exactly once, whether it succeeds or fails', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const stream = anna.chat();
    const ids = Array.from({ length: 40 }, (_, index) =>
      stream.command(sendCommand(index % 4 === 0 ? 'nowhere' : roomId, `${index}`)),
    );
    for (const [index, id] of ids.entries()) {
      expect((await stream.answer(id)).$case).toBe(index % 4 === 0 ? 'failed' : 'done');
    }
    // The answer to the last command stands behind any second answer to an earlier one.
    await stream.answer(stream.command({ $case: 'unsubscribe', value: { roomIds: [] } }));
    const answered = stream.inbox.items.flatMap((event) =>
      event.$case === 'done' || event.$case === 'failed' ? [event.value.requestId] : [],
    );
    expect(answered.length).toBe(new Set(answered).size);
    expect(answered.length).toBe(ids.length + 1);
  });

  test('[SUB2] a cursor without position gives new entries only', async () => {
    const anna = await guest(server, closing);
    const { roomId } = await newRoom(anna);
    const old = await anna.send(roomId, 'old');
    const stream = anna.chat();
    stream.command(subscribe([{ roomId, after: undefined, maxReplay: 0 }]));
    const opened = await stream.event('opened');
    expect(opened.value.after).toMatchObject({ seq: BigInt(old) });
    const fresh = await anna.send(roomId, 'new');
    await stream.until(roomId, fresh);
    expect(stream.seqs(roomId)).toEqual([fresh]);
  });

  test('[EPH1] typing reaches the others once in a while, and never the log', async () => {
    const anna = await guest(server, closing);
    const bert = await guest(server, closing);
    const { roomId, code } = await newRoom(anna);
    await bert.rooms.joinRoom({ target: { $case: 'code', value: code } });
    const mine = anna.chat();
    await mine.open(roomId);
    const his = bert.chat();
    await his.open(roomId);
    const before = (await anna.messages.listEntries({ roomId })).head?.seq;
    for (let times = 0; times < 20; times++) {
      his.command({ $case: 'setTyping', value: { roomId, typing: true } });
    }
    const said = await bert.send(roomId, 'said');
    await mine.until(roomId, said);
    const typings = mine.inbox.items.filter(
      (event) => event.$case === 'typing' && event.value.typing,
    );
    expect(typings.length).toBe(1);
    expect(said).toBe(Number(before) + 1);
  });
});
