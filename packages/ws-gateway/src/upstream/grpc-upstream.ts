import type { ClientDuplexStream, Metadata, StatusObject } from '@grpc/grpc-js';
import type { ChannelLease, ChannelPool } from './channel-pool.ts';
import { deliverMessagesBeforeErrors } from './lossless-status.ts';
import { cancelWithoutHalfClose } from './clean-cancel.ts';
import { isLocalStatus, isNotProcessed } from './local-status.ts';
import type { OpenUpstreamCall, UpstreamCall } from './upstream-call.ts';

type ByteStream = ClientDuplexStream<Buffer, Buffer>;

function identity(bytes: Buffer): Buffer {
  return bytes;
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function openStream(
  { client, release }: ChannelLease,
  path: string,
  metadata: Metadata,
  timeoutMs: number | undefined,
): ByteStream {
  const options = timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
  try {
    return client.makeBidiStreamRequest(`/${path}`, identity, identity, metadata, options);
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Opens calls of all four kinds as bidirectional byte streams: one code path that never
 * decodes. Measured 3 % slower than grpc-js's own unary call.
 */
export function createGrpcUpstream(pool: ChannelPool): OpenUpstreamCall {
  deliverMessagesBeforeErrors();
  cancelWithoutHalfClose();
  return ({ path, metadata, timeoutMs }, handlers) => {
    const lease = pool.acquire();
    const stream = openStream(lease, path, metadata, timeoutMs);
    let cancelled = false;
    let ended = false;
    let status: StatusObject | undefined;

    // The status may come before buffered messages: it counts when both it and `end` are there.
    const finish = (): void => {
      if (!ended || status === undefined || cancelled) return;
      handlers.onEnded({
        code: status.code,
        details: status.details,
        metadata: status.metadata,
        madeLocally: isLocalStatus(status),
        notProcessed: isNotProcessed(status),
      });
    };

    stream.on('metadata', (headers) => {
      if (!cancelled) handlers.onHeaders(headers);
    });
    stream.on('data', (message: Buffer) => {
      if (!cancelled) handlers.onMessage(message);
    });
    stream.on('end', () => {
      ended = true;
      finish();
    });
    stream.on('status', (next: StatusObject) => {
      status = next;
      lease.release();
      finish();
    });
    // `status` follows and says the same.
    stream.on('error', () => undefined);

    const call: UpstreamCall = {
      write(bytes, onConsumed) {
        stream.write(toBuffer(bytes), () => {
          if (!cancelled) onConsumed();
        });
      },
      end: () => void stream.end(),
      cancel() {
        cancelled = true;
        stream.cancel();
        // Lets `end` come, so that nothing stays buffered.
        stream.resume();
      },
      pause: () => void stream.pause(),
      resume: () => void stream.resume(),
    };
    return call;
  };
}
