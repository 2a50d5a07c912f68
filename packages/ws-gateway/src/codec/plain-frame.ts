import type { InboundFrame } from './frame-codec.ts';

const TAG_CALL_ID = 0x08;
const TAG_MESSAGE = 0x4a;
const TAG_END = 0x58;
const TAG_CREDIT = 0x68;
const MAX_VARINT32_SHIFT = 28;

/**
 * Reads the hot frames (call_id with message, end and credit, each at most once and in
 * field order) without the generated decoder. Undefined = anything else, also malformed:
 * the strict decoder then judges.
 */
export function readPlainFrame(data: Buffer): InboundFrame | undefined {
  let offset = 0;
  let lastTag = 0;
  let callId = 0;
  let message: Buffer | undefined;
  let end = false;
  let credit = 0;
  while (offset < data.length) {
    const tag = data[offset++] ?? 0;
    if (tag <= lastTag) return undefined;
    lastTag = tag;
    let value = 0;
    let shift = 0;
    for (;;) {
      const byte = data[offset++];
      if (byte === undefined || shift > MAX_VARINT32_SHIFT) return undefined;
      if (shift === MAX_VARINT32_SHIFT && byte > 0x0f) return undefined;
      value += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) break;
    }
    if (tag === TAG_CALL_ID) callId = value;
    else if (tag === TAG_CREDIT) credit = value;
    else if (tag === TAG_END) {
      if (value > 1) return undefined;
      end = value === 1;
    } else if (tag === TAG_MESSAGE) {
      if (offset + value > data.length) return undefined;
      message = data.subarray(offset, offset + value);
      offset += value;
    } else return undefined;
  }
  return {
    callId,
    control: undefined,
    start: undefined,
    message: message === undefined ? undefined : { payload: message },
    end,
    cancel: undefined,
    credit,
    bytes: data.length,
  };
}
