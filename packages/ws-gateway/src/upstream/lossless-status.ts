import { status as Status, type StatusObject } from '@grpc/grpc-js';
import subchannelCall from '@grpc/grpc-js/build/src/subchannel-call.js';

/**
 * The part of grpc-js 1.14.7 that drops messages: when trailers bring an error it reports the
 * status at once and discards everything that was read but not yet handed over. With status OK
 * it waits for the reader. The version is pinned; a test proves that this still works.
 */
interface SubchannelCallInternals {
  finalStatus: StatusObject | null;
  isReadingTrailers?: boolean;
  heldStatus?: StatusObject;
  handleTrailers: (this: SubchannelCallInternals, headers: object) => void;
  endCall: (this: SubchannelCallInternals, status: StatusObject) => void;
  outputStatus: (this: SubchannelCallInternals) => void;
}

let applied = false;

/**
 * Makes every grpc-js client of this process hand over all messages before an error status
 * (CALL11): the error waits behind them in the place where OK waits. Anything that happens
 * meanwhile, a cancel or a lost connection, still ends the call at once.
 */
export function deliverMessagesBeforeErrors(): void {
  if (applied) return;
  applied = true;
  // See SubchannelCallInternals: these members have no public door.
  const internals = subchannelCall.Http2SubchannelCall
    .prototype as unknown as SubchannelCallInternals;
  const { handleTrailers, endCall, outputStatus } = internals;
  for (const member of [handleTrailers, endCall, outputStatus]) {
    if (typeof member !== 'function')
      throw new Error('grpc-js is not the version this was made for');
  }

  internals.handleTrailers = function (headers) {
    this.isReadingTrailers = true;
    try {
      handleTrailers.call(this, headers);
    } finally {
      this.isReadingTrailers = false;
    }
  };
  internals.endCall = function (status) {
    if (this.isReadingTrailers !== true || this.finalStatus !== null || status.code === Status.OK) {
      endCall.call(this, status);
      return;
    }
    this.heldStatus = status;
    endCall.call(this, { ...status, code: Status.OK });
  };
  internals.outputStatus = function () {
    if (this.heldStatus !== undefined && this.finalStatus?.code === Status.OK) {
      this.finalStatus = this.heldStatus;
    }
    outputStatus.call(this);
  };
}
