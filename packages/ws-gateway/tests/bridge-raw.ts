import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A WebSocket client that sends exactly the bytes it is told. */
export interface RawSocket {
  readonly socket: Socket;
  /** Code and reason of the close frame, or 1006 when the connection just ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(bytes: Buffer): void;
}

/** A client frame with any first byte; masked unless told otherwise. */
export function rawFrame(
  firstByte: number,
  payload: Buffer,
  options: { readonly masked?: boolean; readonly claimedLength?: bigint } = {},
): Buffer {
  const masked = options.masked ?? true;
  const length = options.claimedLength ?? BigInt(payload.length);
  const header = Buffer.alloc(length <= 125n ? 2 : length <= 0xffffn ? 4 : 10);
  header[0] = firstByte;
  const maskBit = masked ? 0x80 : 0;
  if (header.length === 2) header[1] = maskBit | Number(length);
  else if (header.length === 4) {
    header[1] = maskBit | 126;
    header.writeUInt16BE(Number(length), 2);
  } else {
    header[1] = maskBit | 127;
    header.writeBigUInt64BE(length, 2);
  }
  if (!masked) return Buffer.concat([header, payload]);
  const mask = randomBytes(4);
  const body = Buffer.from(payload);
  for (let index = 0; index < body.length; index += 1) {
    body[index] = (body[index] ?? 0) ^ (mask[index % 4] ?? 0);
  }
  return Buffer.concat([header, mask, body]);
}

/** Upgrades by hand and finds the close frame in what comes back. */
export async function connectRaw(url: string, protocol: string): Promise<RawSocket> {
  const { hostname, port, pathname } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  let received = Buffer.alloc(0);
  let onHead: () => void = () => undefined;
  const upgraded = new Promise<void>((resolve) => (onHead = resolve));
  let isUpgraded = false;
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (isUpgraded) {
      // Like a peer that has seen the close frame.
      if (findClose(received).code !== 1006) socket.end();
      return;
    }
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    isUpgraded = true;
    received = received.subarray(end + 4);
    onHead();
  });
  socket.write(
    [
      `GET ${pathname} HTTP/1.1`,
      'Host: localhost',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Sec-WebSocket-Protocol: ${protocol}`,
      '\r\n',
    ].join('\r\n'),
  );
  await upgraded;
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) => {
    socket.on('close', () => resolve(findClose(received)));
  });
  return { socket, closed, send: (bytes) => void socket.write(bytes) };
}

function findClose(bytes: Buffer): { readonly code: number; readonly reason: string } {
  for (let offset = 0; offset + 2 <= bytes.length; ) {
    const short = bytes[offset + 1] ?? 0;
    const header = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = short < 126 ? short : bytes.readUInt16BE(offset + 2);
    const payload = bytes.subarray(offset + header, offset + header + length);
    if (((bytes[offset] ?? 0) & 0x0f) === 0x8 && payload.length >= 2) {
      return { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() };
    }
    offset += header + length;
  }
  return { code: 1006, reason: '' };
}
