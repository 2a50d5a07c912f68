import {
  bridge,
  BRIDGE_SUBPROTOCOLS,
  ChatRequest,
  ChatResponse,
  decodeServerFrame,
  encodeClientFrame,
} from '@chat/protocol';
import { WebSocket } from 'ws';

type Event = NonNullable<ChatResponse['event']>;

/** A client with one open chat stream, as small as the protocol allows. */
export interface ChatSocket {
  readonly events: readonly Event[];
  /** seqs of a room's entries in the order of arrival. */
  seqs(roomId: string): number[];
  command(command: NonNullable<ChatRequest['command']>, requestId?: number): void;
  subscribe(roomId: string, afterSeq: number): void;
  /** Stops or goes on giving credit for what it receives. */
  setGranting(granting: boolean): void;
  /** Stops to read from the TCP connection. */
  stopReading(): void;
  readonly goAways: readonly bridge.GoAway[];
  readonly closed: Promise<number>;
  close(): void;
}

const CALL_ID = 1;
const INITIAL_CREDIT = 65_536;

/** Connects in binary, says Hello with the user's name as the token, and opens the chat. */
export async function connectChat(
  port: number,
  user: string,
  initialCredit = INITIAL_CREDIT,
): Promise<ChatSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/bridge`, BRIDGE_SUBPROTOCOLS.proto);
  const events: Event[] = [];
  const goAways: bridge.GoAway[] = [];
  let granting = true;
  let owed = 0;
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => undefined);
  const send = (frame: Parameters<typeof encodeClientFrame>[0]): void =>
    socket.send(encodeClientFrame(frame));
  const grant = (): void => {
    if (owed === 0 || !granting) return;
    send({ callId: CALL_ID, credit: owed });
    owed = 0;
  };

  const welcome = new Promise<void>((resolve, reject) => {
    void closed.then((code) => reject(new Error(`closed ${code}`)));
    socket.on('message', (data: Buffer) => {
      const frame = decodeServerFrame(data);
      if (frame.control?.$case === 'welcome') resolve();
      if (frame.control?.$case === 'goAway') goAways.push(frame.control.value);
      if (frame.message === undefined) return;
      const { event } = ChatResponse.decode(frame.message);
      if (event !== undefined) events.push(event);
      owed += data.length + 64;
      if (owed > INITIAL_CREDIT / 2) grant();
    });
  });
  socket.on('open', () =>
    send({
      callId: 0,
      control: {
        $case: 'hello',
        value: bridge.Hello.fromPartial({ client: 'test 1', token: user }),
      },
    }),
  );
  await welcome;
  const method = 'chat.v1.ChatService/Chat';
  const start = bridge.CallStart.fromPartial({ method, initialCredit });
  send({ callId: CALL_ID, start });

  const command = (what: NonNullable<ChatRequest['command']>, requestId = 0): void => {
    const message = ChatRequest.encode({ requestId, command: what }).finish();
    send({ callId: CALL_ID, message });
  };
  return {
    events,
    goAways,
    seqs: (roomId) =>
      events.flatMap((event) =>
        event.$case === 'roomEntries' && event.value.roomId === roomId
          ? event.value.entries.map(({ seq }) => Number(seq))
          : [],
      ),
    command,
    subscribe(roomId, afterSeq) {
      const after = { epoch: 'epoch-1', seq: BigInt(afterSeq) };
      command({ $case: 'subscribe', value: { rooms: [{ roomId, after, maxReplay: 0 }] } }, 1);
    },
    setGranting(next) {
      granting = next;
      grant();
    },
    stopReading: () => socket.pause(),
    closed,
    close: () => (socket.isPaused ? socket.terminate() : socket.close(1000)),
  };
}
