import type { InboundFrame } from '../codec/frame-codec.ts';

/** Bounds of what may be pipelined behind Hello. */
export interface HeldLimits {
  readonly maxPipelinedFrames: number;
  readonly maxPipelinedBytes: number;
}

/** Frames that wait until the token is checked. */
export interface HeldFrames {
  /** False = no room. */
  hold(frame: InboundFrame): boolean;
  /** Everything in order, once. */
  takeAll(): InboundFrame[];
}

export function createHeldFrames(limits: HeldLimits): HeldFrames {
  let frames: InboundFrame[] = [];
  let bytes = 0;
  return {
    hold(frame) {
      if (frames.length >= limits.maxPipelinedFrames) return false;
      if (bytes + frame.bytes > limits.maxPipelinedBytes) return false;
      frames.push(frame);
      bytes += frame.bytes;
      return true;
    },
    takeAll() {
      const taken = frames;
      frames = [];
      bytes = 0;
      return taken;
    },
  };
}
