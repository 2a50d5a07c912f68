import { addAbortSignal, PassThrough } from 'node:stream';
import type { ClientHttp2Stream } from 'node:http2';
import { status as Status, type StatusObject } from '@grpc/grpc-js';
import subchannelCall from '@grpc/grpc-js/build/src/subchannel-call.js';

/**
 * The part of grpc-js 1.14.7 that cancels: it calls `http2Stream.close(CANCEL)`, and Node ends
 * the writable side first. The server reads a regular half-close, and the RST_STREAM only
 * afterwards, perhaps in another segment: a cut upload looks finished. The version is pinned;
 * a test proves that this still works.
 */
interface SubchannelCallInternals {
  readonly finalStatus: StatusObject | null;
  readonly serverEndedCall: boolean;
  readonly http2Stream: ClientHttp2Stream;
  destroyHttp2Stream: (this: SubchannelCallInternals) => void;
}

/** The one kind of error for which Node sends RST_STREAM with CANCEL; only Node itself can make it. */
function createAbortError(): Error {
  const stream = new PassThrough();
  stream.on('error', () => undefined);
  addAbortSignal(AbortSignal.abort(), stream);
  if (stream.errored === null) throw new Error('an aborted stream has no error');
  return stream.errored;
}

let applied = false;

/** Makes every grpc-js client of this process cancel by RST_STREAM alone (CALL6). */
export function cancelWithoutHalfClose(): void {
  if (applied) return;
  applied = true;
  const abortError = createAbortError();
  // See SubchannelCallInternals: these members have no public door.
  const internals = subchannelCall.Http2SubchannelCall
    .prototype as unknown as SubchannelCallInternals;
  const { destroyHttp2Stream } = internals;
  if (typeof destroyHttp2Stream !== 'function') {
    throw new Error('grpc-js is not the version this was made for');
  }

  internals.destroyHttp2Stream = function () {
    const { http2Stream, serverEndedCall, finalStatus } = this;
    const isCancel = !serverEndedCall && finalStatus?.code !== Status.OK;
    if (isCancel && !http2Stream.destroyed && !http2Stream.writableEnded) {
      http2Stream.destroy(abortError);
      return;
    }
    destroyHttp2Stream.call(this);
  };
}
