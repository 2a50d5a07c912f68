import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { ProtocolError } from '../protocol-error.ts';

/** A stream of requests as grpc-js hands it to a handler. */
export type RequestStream = Readable & { readonly cancelled: boolean };

/**
 * The requests of a stream, one at a time, at the reader's pace. Ends only for a regular end; throws
 * ProtocolError CANCELLED when the caller is gone, and what `decode` throws. Leaving it early does not end the call.
 */
export async function* readRequests<T>(
  call: RequestStream,
  decode: (bytes: Buffer) => T,
): AsyncGenerator<T, void, undefined> {
  try {
    // Without the option the iterator would destroy the call, and with it the answer.
    for await (const bytes of call.iterator({ destroyOnReturn: false })) {
      // The call is registered with identity deserialisers.
      yield decode(bytes as Buffer);
    }
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    throw new ProtocolError('CANCELLED', { cause: error });
  }
  // grpc-js raises `end` of a cancelled upload before `cancelled`: one turn later the truth is known.
  await setImmediate();
  if (call.cancelled) throw new ProtocolError('CANCELLED');
}
