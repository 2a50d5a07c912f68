import {
  BRIDGE_SUBPROTOCOLS,
  bridge,
  ChatRequest,
  ChatResponse,
  decodeServerFrame,
  encodeClientFrame,
  encodeMessageFrame,
  frameCost,
} from '@chat/protocol';
import { openRawSocket } from './raw-socket.ts';

/** How a bridge connection is opened. */
export interface BridgeOptions {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** The bytes of a serialized RoomEntries; valid during the call only. */
  readonly onEntries: (buffer: Buffer, start: number, end: number) => void;
  /** The gateway gave a room up because this client was too slow. */
  readonly onLagging: () => void;
}

/** One authenticated connection with an open chat call. */
export interface BridgeClient {
  /** Sends a command and resolves with its Done; rejects with the name of the failure. */
  ask(command: NonNullable<ChatRequest['command']>): Promise<ChatResponse>;
  /** A unary call; resolves with the serialized response. */
  unary(method: string, request: Uint8Array): Promise<Uint8Array>;
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<string>;
  destroy(): void;
}

const CHAT_CALL = 1;
/** So much that no grant is needed in a run of a bench. */
const RESPONSE_CREDIT = 0x7fff_ffff;
const MESSAGE_TAG = 0x4a; // ServerFrame.message = 9
const ROOM_ENTRIES_TAG = 0x2a; // ChatResponse.room_entries = 5

/** Connects, says Hello, opens the chat call and waits for Ready. */
export async function openBridgeClient(options: BridgeOptions): Promise<BridgeClient> {
  const ready = Promise.withResolvers<void>();
  const asked = new Map<number, PromiseWithResolvers<ChatResponse>>();
  const calls = new Map<number, PromiseWithResolvers<Uint8Array>>();
  const answers = new Map<number, Uint8Array>();
  const queue: Uint8Array[] = [];
  let window = 0;
  let lastRequestId = 0;
  let subscribing = 0;
  let lastCallId = CHAT_CALL;

  const onFrame = (buffer: Buffer, start: number, end: number): void => {
    // Nearly all frames are call 1 + message + room entries: these are not decoded.
    if (
      buffer[start] === 0x08 &&
      buffer[start + 1] === CHAT_CALL &&
      buffer[start + 2] === MESSAGE_TAG
    ) {
      const message = skipVarint(buffer, start + 3);
      if (buffer[message] === ROOM_ENTRIES_TAG) {
        options.onEntries(buffer, skipVarint(buffer, message + 1), end);
        return;
      }
    }
    onOther(decodeServerFrame(Buffer.from(buffer.subarray(start, end))));
  };

  const onOther = (frame: bridge.ServerFrame): void => {
    switch (frame.control?.$case) {
      case 'welcome':
        window = frame.control.value.limits?.initialCredit ?? 0;
        break;
      case 'ping':
        raw.sendBinary(
          encodeClientFrame({
            control: {
              $case: 'pong',
              value: bridge.Pong.create({ nonce: frame.control.value.nonce }),
            },
          }),
        );
        break;
      default:
    }
    if (frame.callId === CHAT_CALL) onChat(frame);
    else if (frame.callId !== 0) onUnary(frame);
  };

  const onChat = (frame: bridge.ServerFrame): void => {
    if (frame.credit > 0) {
      window += frame.credit;
      flush();
    }
    if (frame.message !== undefined) onEvent(ChatResponse.decode(frame.message));
    if (frame.status !== undefined) {
      const error = new Error(`the chat call ended: ${frame.status.code} ${frame.status.message}`);
      ready.reject(error);
      for (const waiter of asked.values()) waiter.reject(error);
    }
  };

  const onEvent = (response: ChatResponse): void => {
    const { event } = response;
    if (event?.$case === 'ready') ready.resolve();
    // Subscribe is answered by Opened, which has no number: one at a time.
    if (event?.$case === 'opened') settle(subscribing, response);
    if (event?.$case === 'lagging' || event?.$case === 'resync') options.onLagging();
    if (event?.$case === 'done') settle(event.value.requestId, response);
    if (event?.$case === 'failed') {
      asked.get(event.value.requestId)?.reject(new Error(event.value.reason));
      asked.delete(event.value.requestId);
    }
  };

  const settle = (requestId: number, response: ChatResponse): void => {
    asked.get(requestId)?.resolve(response);
    asked.delete(requestId);
  };

  const onUnary = (frame: bridge.ServerFrame): void => {
    if (frame.message !== undefined) answers.set(frame.callId, frame.message);
    if (frame.status === undefined) return;
    const waiter = calls.get(frame.callId);
    const answer = answers.get(frame.callId);
    calls.delete(frame.callId);
    answers.delete(frame.callId);
    if (frame.status.code === 0 && answer !== undefined) waiter?.resolve(answer);
    else waiter?.reject(new Error(`${frame.status.code} ${frame.status.message}`));
  };

  const flush = (): void => {
    while (window > 0 && queue.length > 0) {
      const frame = queue.shift();
      if (frame === undefined) return;
      window -= frameCost(frame.length);
      raw.sendBinary(frame);
    }
  };

  const command = (request: ChatRequest): void => {
    queue.push(encodeMessageFrame(CHAT_CALL, ChatRequest.encode(request).finish()));
    flush();
  };

  const raw = await openRawSocket(
    {
      host: options.host,
      port: options.port,
      path: '/bridge',
      protocol: BRIDGE_SUBPROTOCOLS.proto,
    },
    onFrame,
  );
  void raw.closed.then((reason) => {
    const error = new Error(reason);
    ready.reject(error);
    for (const waiter of asked.values()) waiter.reject(error);
    for (const waiter of calls.values()) waiter.reject(error);
  });
  const { token } = options;
  raw.sendBinary(
    encodeClientFrame({
      control: {
        $case: 'hello',
        value: bridge.Hello.create({ client: 'bench', token, initialCredit: RESPONSE_CREDIT }),
      },
    }),
  );
  raw.sendBinary(
    encodeClientFrame({
      callId: CHAT_CALL,
      start: bridge.CallStart.create({
        method: 'chat.v1.ChatService/Chat',
        initialCredit: RESPONSE_CREDIT,
      }),
    }),
  );
  await ready.promise;

  return {
    ask(body) {
      const waiter = Promise.withResolvers<ChatResponse>();
      lastRequestId += 1;
      if (body.$case === 'subscribe') subscribing = lastRequestId;
      asked.set(lastRequestId, waiter);
      command({ requestId: lastRequestId, command: body });
      return waiter.promise;
    },
    unary(method, request) {
      lastCallId += 1;
      const waiter = Promise.withResolvers<Uint8Array>();
      calls.set(lastCallId, waiter);
      raw.sendBinary(
        encodeClientFrame({
          callId: lastCallId,
          start: bridge.CallStart.create({ method }),
          message: request,
          end: true,
        }),
      );
      return waiter.promise;
    },
    closed: raw.closed,
    destroy: () => raw.destroy(),
  };
}

function skipVarint(buffer: Buffer, from: number): number {
  let at = from;
  while ((buffer[at] ?? 0) >= 0x80) at += 1;
  return at + 1;
}
