import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { ProtocolError } from '../protocol-error.ts';

/** A stream of requests as grpc-js hands it to a handler. */
export type RequestStream = Readable & { readonly cancelled: boolean };

/**
 * The requests of a stream, one at a time, at the reader's pace. Ends only for a regular end; throws
 * ProtocolError CANCELLED when the caller is gone, and what `decode` throws. Leaving it early does not end the call.
 *
 * Not the stream's own iterator: that one destroys the call at its first error, and with it the status and
 * everything that still waits for a slow reader.
 */
export async function* readRequests<T>(
  call: RequestStream,
  decode: (bytes: Buffer) => T,
): AsyncGenerator<T, void, undefined> {
  let ended = call.readableEnded;
  let failure: unknown = call.destroyed ? new Error('closed') : undefined;
  let wake: (() => void) | undefined;
  const signal = () => wake?.();
  const onEnd = () => {
    ended = true;
    signal();
  };
  const onFailure = (error?: unknown) => {
    failure ??= error ?? new Error('closed');
    signal();
  };
  call.on('readable', signal).on('end', onEnd);
  call.on('error', onFailure).on('cancelled', onFailure).on('close', onFailure);
  try {
    for (;;) {
      // The call is registered with identity deserialisers.
      const bytes = call.read() as Buffer | null;
      if (bytes !== null) yield decode(bytes);
      else if (ended) break;
      else if (failure !== undefined) throw new ProtocolError('CANCELLED', { cause: failure });
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    call.off('readable', signal).off('end', onEnd);
    call.off('error', onFailure).off('cancelled', onFailure).off('close', onFailure);
  }
  // grpc-js raises `end` of a cancelled upload before `cancelled`: one turn later the truth is known.
  await setImmediate();
  if (call.cancelled) throw new ProtocolError('CANCELLED');
}
