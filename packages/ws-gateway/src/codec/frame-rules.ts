import { FrameFault, type InboundFrame } from './frame-codec.ts';

function hasCallPart(frame: InboundFrame): boolean {
  return (
    frame.start !== undefined ||
    frame.message !== undefined ||
    frame.end ||
    frame.cancel !== undefined ||
    frame.credit > 0
  );
}

function isMoreThanCancel(frame: InboundFrame): boolean {
  return frame.start !== undefined || frame.message !== undefined || frame.end || frame.credit > 0;
}

/** Returns the frame when its parts may stand together; throws FrameFault with the broken rule. */
export function checkFrame(frame: InboundFrame): InboundFrame {
  if (frame.callId === 0) {
    if (hasCallPart(frame)) throw new FrameFault('CALL_PART_WITHOUT_CALL_ID');
    if (frame.control === undefined) throw new FrameFault('EMPTY');
    return frame;
  }
  if (frame.control !== undefined) throw new FrameFault('CONTROL_IN_CALL');
  if (!hasCallPart(frame)) throw new FrameFault('EMPTY');
  if (frame.cancel !== undefined && isMoreThanCancel(frame)) {
    throw new FrameFault('CANCEL_NOT_ALONE');
  }
  return frame;
}
