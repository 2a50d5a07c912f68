import { fromBinary, fromJson, toBinary, toJson, type JsonValue } from '@bufbuild/protobuf';
import { bridge, encodeClientFrame } from '@chat/protocol';
import { WebSocket } from 'ws';
import type { CodecName } from '../src/ports/edge-call.ts';
import { types } from './bridge-fixture.ts';

const SUBPROTOCOL = { proto: 'grpc-bridge.v1.proto', json: 'grpc-bridge.v1.json' } as const;
const BODY_TYPE = types.message('chat.v1.SetTyping');
const SERVER_FRAME = types.message('bridge.v1.ServerFrame');
const CLIENT_FRAME = types.message('bridge.v1.ClientFrame');

/** A frame as the client wrote it: `message` is serialized, whatever the codec. */
export type TestFrame = Partial<Omit<bridge.ClientFrame, 'body'>>;

/** A plain client of the bridge: it sends what the test says and keeps what comes. */
export interface BridgeClient {
  readonly socket: WebSocket;
  readonly frames: readonly bridge.ServerFrame[];
  send(frame: TestFrame): void;
  /** The next frame that matches, also one that has come already; each is given once. */
  next(matches: (frame: bridge.ServerFrame) => boolean): Promise<bridge.ServerFrame>;
  /** All frames of a call up to its status. */
  finished(callId: number): Promise<bridge.ServerFrame[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  close(): void;
}

function toText(frame: TestFrame): string {
  const { message, ...rest } = frame;
  const generic = fromBinary(CLIENT_FRAME, encodeClientFrame(rest));
  // A frame is a JSON object.
  const json = toJson(CLIENT_FRAME, generic) as { [key: string]: JsonValue };
  if (message !== undefined) json['body'] = toJson(BODY_TYPE, fromBinary(BODY_TYPE, message));
  return JSON.stringify(json);
}

function fromText(text: string): bridge.ServerFrame {
  // A frame is a JSON object.
  const json = JSON.parse(text) as { [key: string]: JsonValue };
  const frame = bridge.ServerFrame.decode(
    toBinary(SERVER_FRAME, fromJson(SERVER_FRAME, json, { registry: types.files })),
  );
  const { body } = json;
  if (body === undefined) return frame;
  const message = toBinary(BODY_TYPE, fromJson(BODY_TYPE, body));
  return { ...frame, message, body: undefined };
}

export interface ConnectOptions {
  readonly hello?: Partial<bridge.Hello> | undefined;
}

/** Connects, says Hello, and waits for Welcome unless `hello` is null. */
export async function connectBridge(
  url: string,
  codec: CodecName,
  hello: Partial<bridge.Hello> | null = {},
): Promise<BridgeClient> {
  const socket = new WebSocket(url, SUBPROTOCOL[codec], { perMessageDeflate: false });
  const frames: bridge.ServerFrame[] = [];
  const pending = new Set<bridge.ServerFrame>();
  const waiters = new Set<{
    readonly matches: (frame: bridge.ServerFrame) => boolean;
    readonly resolve: (frame: bridge.ServerFrame) => void;
    readonly reject: (error: Error) => void;
  }>();
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      for (const waiter of waiters) {
        waiter.reject(new Error(`closed ${String(code)} ${reason.toString()}`));
      }
    });
  });
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const frame = codec === 'json' ? fromText(data.toString()) : bridge.ServerFrame.decode(data);
    frames.push(frame);
    for (const waiter of waiters) {
      if (!waiter.matches(frame)) continue;
      waiters.delete(waiter);
      waiter.resolve(frame);
      return;
    }
    pending.add(frame);
  });
  await new Promise<void>((resolve, reject) => {
    socket.on('open', () => resolve());
    socket.on('error', reject);
  });

  const next: BridgeClient['next'] = (matches) => {
    for (const frame of pending) {
      if (!matches(frame)) continue;
      pending.delete(frame);
      return Promise.resolve(frame);
    }
    return new Promise((resolve, reject) => waiters.add({ matches, resolve, reject }));
  };

  const client: BridgeClient = {
    socket,
    frames,
    send(frame) {
      socket.send(codec === 'json' ? toText(frame) : encodeClientFrame(frame));
    },
    next,
    async finished(callId) {
      await next((frame) => frame.callId === callId && frame.status !== undefined);
      return frames.filter((frame) => frame.callId === callId);
    },
    closed,
    close: () => socket.close(1000),
  };
  if (hello === null) return client;
  const value = bridge.Hello.fromPartial({ client: 'test', ...hello });
  client.send({ control: { $case: 'hello', value } });
  await next((frame) => frame.control?.$case === 'welcome');
  return client;
}
