import type { CodecName } from '../ports/edge-call.ts';

/** Makes the ready WebSocket frame of one ChatResponse event for a codec and call. */
export type BuildEventFrame = (codec: CodecName, callId: number, event: Uint8Array) => Buffer;

/** The frames of one event, each built at most once however many sockets get it. */
export interface SharedFrames {
  /** The frame for a codec and call; the buffer is shared and never changed. */
  frameFor(codec: CodecName, callId: number): Buffer;
}

/** Prepares the frames of an event. Nearly all clients use the same call id, so the last frame is kept at hand. */
export function shareFrames(event: Uint8Array, build: BuildEventFrame): SharedFrames {
  let last: { codec: CodecName; callId: number; frame: Buffer } | undefined;
  let others: Map<string, Buffer> | undefined;
  return {
    frameFor(codec, callId) {
      if (last === undefined) {
        last = { codec, callId, frame: build(codec, callId, event) };
      } else if (last.codec !== codec || last.callId !== callId) {
        others ??= new Map();
        others.set(`${last.codec}/${last.callId}`, last.frame);
        const frame = others.get(`${codec}/${callId}`) ?? build(codec, callId, event);
        last = { codec, callId, frame };
      }
      return last.frame;
    },
  };
}
