import { bridge, decodeClientFrame } from '@chat/protocol';
import { FrameFault, type FrameCodec, type InboundFrame } from './frame-codec.ts';
import { checkFrame } from './frame-rules.ts';
import { buildMessageFrame } from './message-frame.ts';
import { OPCODE, websocketFrame } from './websocket-frame.ts';
import { readPlainFrame } from './plain-frame.ts';

function decodeAny(data: Buffer): InboundFrame {
  let frame: bridge.ClientFrame;
  try {
    frame = decodeClientFrame(data);
  } catch {
    // Whatever the decoder says, the peer learns only the rule.
    throw new FrameFault('BAD_FRAME');
  }
  if (frame.body !== undefined) throw new FrameFault('BODY_IN_PROTO_FRAME');
  const { callId, control, start, message, end, cancel, credit } = frame;
  return {
    callId,
    control,
    start,
    message: message === undefined ? undefined : { payload: message },
    end,
    cancel,
    credit,
    bytes: data.length,
  };
}

/** `grpc-bridge.v1.proto`: message bytes pass through untouched, unknown fields included. */
export const protoCodec: FrameCodec = {
  name: 'proto',
  binary: true,
  decode: (data) => checkFrame(readPlainFrame(data) ?? decodeAny(data)),
  encode(frame) {
    const serverFrame = bridge.ServerFrame.fromPartial({
      callId: frame.callId,
      control: frame.control,
      headers: frame.headers === undefined ? undefined : { metadata: [...frame.headers] },
      message: frame.message?.bytes,
      status: frame.status,
    });
    return websocketFrame(OPCODE.binary, bridge.ServerFrame.encode(serverFrame).finish());
  },
  // The payload was made by decode of this codec, so it is bytes.
  requestBytes: (_method, message) => message.payload as Uint8Array,
  messageFrame: (callId, _method, bytes) => buildMessageFrame('proto', callId, bytes),
};
