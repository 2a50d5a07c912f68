import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** Where a WebSocket server listens. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Offered subprotocol; undefined = none. */
  readonly protocol: string | undefined;
}

/** One message of the server: the bytes of `buffer` from `start` to `end`, valid during the call only. */
export type FrameHandler = (buffer: Buffer, start: number, end: number) => void;

/** A minimal WebSocket client: whole messages only, no extensions. */
export interface RawSocket {
  sendBinary(payload: Uint8Array): void;
  sendText(payload: string): void;
  /** Resolves with the reason when the connection is gone. */
  readonly closed: Promise<string>;
  destroy(): void;
}

const OPCODE_TEXT = 1;
const OPCODE_BINARY = 2;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;
const OPCODE_PONG = 10;
const CONNECT_TIMEOUT_MS = 20_000;
/** More unfinished bytes than this is not a message of ours. */
const MAX_UNFINISHED_BYTES = 8 * 1024 * 1024;

/**
 * All sockets read into one buffer: reads are handled before the next one begins. A thousand sockets would
 * otherwise allocate 64 KiB for each read, and the generator would be slower than what it measures.
 */
const shared = Buffer.allocUnsafeSlow(256 * 1024);

/** Connects and upgrades. Rejects when the server does not answer with 101. */
export function openRawSocket(address: SocketAddress, onFrame: FrameHandler): Promise<RawSocket> {
  const opened = Promise.withResolvers<RawSocket>();
  const closed = Promise.withResolvers<string>();
  let rest: Buffer | undefined;
  let upgraded = false;

  const socket = connect({
    host: address.host,
    port: address.port,
    noDelay: true,
    onread: {
      buffer: shared,
      callback: (byteCount) => {
        read(shared.subarray(0, byteCount));
        return true;
      },
    },
  });
  const timer = setTimeout(() => fail('no answer to the handshake'), CONNECT_TIMEOUT_MS);

  const fail = (reason: string): void => {
    clearTimeout(timer);
    socket.destroy();
    closed.resolve(reason);
    opened.reject(new Error(`WebSocket: ${reason}`));
  };
  // The answer is whoever awaits `closed`; nobody has to.
  opened.promise.catch(() => undefined);

  const read = (chunk: Buffer): void => {
    const bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    const from = upgraded ? 0 : readHandshake(bytes);
    if (from === undefined) return;
    const used = readFrames(bytes, from, socket, onFrame, fail);
    if (used < bytes.length) {
      if (bytes.length - used > MAX_UNFINISHED_BYTES) return fail('a message that never ends');
      rest = Buffer.from(bytes.subarray(used));
    }
  };

  const readHandshake = (bytes: Buffer): number | undefined => {
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) {
      rest = Buffer.from(bytes);
      return undefined;
    }
    const head = bytes.toString('latin1', 0, end);
    if (!head.startsWith('HTTP/1.1 101')) {
      fail(head.slice(0, head.indexOf('\r\n')));
      return undefined;
    }
    upgraded = true;
    clearTimeout(timer);
    opened.resolve({
      sendBinary: (payload) => void socket.write(clientFrame(OPCODE_BINARY, payload)),
      sendText: (payload) => void socket.write(clientFrame(OPCODE_TEXT, Buffer.from(payload))),
      closed: closed.promise,
      destroy: () => socket.destroy(),
    });
    return end + 4;
  };

  socket.on('connect', () => socket.write(handshake(address)));
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('closed'));
  return opened.promise;
}

// Answers how many bytes were whole messages.
function readFrames(
  bytes: Buffer,
  from: number,
  socket: Socket,
  onFrame: FrameHandler,
  fail: (reason: string) => void,
): number {
  let at = from;
  while (bytes.length - at >= 2) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    let length = (bytes[at + 1] ?? 0) & 0x7f;
    let start = at + 2;
    if (length === 126) {
      if (bytes.length - at < 4) return at;
      length = bytes.readUInt16BE(at + 2);
      start = at + 4;
    } else if (length === 127) {
      if (bytes.length - at < 10) return at;
      length = Number(bytes.readBigUInt64BE(at + 2));
      start = at + 10;
    }
    const end = start + length;
    if (end > bytes.length) return at;
    if (opcode === OPCODE_TEXT || opcode === OPCODE_BINARY) onFrame(bytes, start, end);
    else if (opcode === OPCODE_PING)
      socket.write(clientFrame(OPCODE_PONG, bytes.subarray(start, end)));
    else if (opcode === OPCODE_CLOSE) {
      const code = length >= 2 ? bytes.readUInt16BE(start) : 1005;
      fail(`closed by the server with ${code} ${bytes.toString('utf8', start + 2, end)}`);
    }
    at = end;
  }
  return at;
}

function handshake({ host, port, path, protocol }: SocketAddress): string {
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
    '\r\n',
  ].join('\r\n');
}

// Masked with zeros: what the rules demand, at no cost for the generator.
function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  const lengthBytes = payload.length < 126 ? 0 : payload.length < 65_536 ? 2 : 8;
  const frame = Buffer.alloc(2 + lengthBytes + 4 + payload.length);
  frame[0] = 0x80 | opcode;
  if (lengthBytes === 0) frame[1] = 0x80 | payload.length;
  else if (lengthBytes === 2) {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(payload.length, 2);
  } else {
    frame[1] = 0x80 | 127;
    frame.writeBigUInt64BE(BigInt(payload.length), 2);
  }
  frame.set(payload, 2 + lengthBytes + 4);
  return frame;
}
