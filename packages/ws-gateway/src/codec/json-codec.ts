import {
  fromBinary,
  fromJson,
  fromJsonString,
  toBinary,
  toJson,
  toJsonString,
  type JsonValue,
} from '@bufbuild/protobuf';
import { bridge, ErrorCode, ProtocolError } from '@chat/protocol';
import { FrameFault, type FrameCodec, type InboundFrame } from './frame-codec.ts';
import { checkFrame } from './frame-rules.ts';
import { findFaultyField } from './field-path.ts';
import { isDeeperThan } from './json-depth.ts';
import { buildMessageFrame } from './message-frame.ts';
import type { TypeRegistry } from './type-registry.ts';
import { OPCODE, websocketFrame } from './websocket-frame.ts';

/** JSON nesting of one frame, the contract's number. */
const MAX_JSON_DEPTH = 100;
/** google.protobuf.Value takes up to three messages per JSON level; the text's depth was checked before. */
const MAX_VALUE_DEPTH = MAX_JSON_DEPTH * 4;

function frameFault(error: unknown): FrameFault {
  const text = error instanceof Error ? error.message : '';
  if (text.includes('is unknown')) return new FrameFault('UNKNOWN_FIELD');
  if (text.includes('duplicate')) return new FrameFault('DUPLICATE_KEY');
  return new FrameFault('BAD_FRAME');
}

/** JSON.parse turns an escaped lone surrogate into a string that UTF-8 cannot carry. */
function isWellFormedJson(json: JsonValue): boolean {
  if (typeof json === 'string') return json.isWellFormed();
  if (typeof json !== 'object' || json === null) return true;
  if (Array.isArray(json)) return json.every(isWellFormedJson);
  return Object.entries(json).every(
    ([key, value]) => key.isWellFormed() && isWellFormedJson(value),
  );
}

function parseText(text: string): { readonly [key: string]: JsonValue } {
  let json: JsonValue;
  try {
    // JSON.parse returns JSON.
    json = JSON.parse(text) as JsonValue;
  } catch {
    throw new FrameFault('BAD_JSON');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new FrameFault('BAD_FRAME');
  }
  if (/\\u[dD][89a-fA-F]/.test(text) && !isWellFormedJson(json)) throw new FrameFault('BAD_TEXT');
  return json;
}

/** `grpc-bridge.v1.json`: canonical protobuf JSON, strict in both directions. */
export function createJsonCodec(types: TypeRegistry): FrameCodec {
  const clientFrameType = types.message('bridge.v1.ClientFrame');
  const serverFrameType = types.message('bridge.v1.ServerFrame');
  const registry = types.files;

  const readFrame = (text: string): bridge.ClientFrame => {
    try {
      const frame = fromJsonString(clientFrameType, text, {
        registry,
        recursionLimit: MAX_VALUE_DEPTH,
      });
      // The body is read by the type of its method, from the text; here it has only been checked.
      (frame as { body?: unknown }).body = undefined;
      return bridge.ClientFrame.decode(toBinary(clientFrameType, frame));
    } catch (error) {
      throw frameFault(error);
    }
  };

  const responseJson = (typeName: string, bytes: Uint8Array): string => {
    const type = types.message(typeName);
    return toJsonString(type, fromBinary(type, bytes), { registry });
  };

  return {
    name: 'json',
    binary: false,
    decode(data): InboundFrame {
      if (data.length === 0) throw new FrameFault('EMPTY');
      if (isDeeperThan(data, MAX_JSON_DEPTH)) throw new FrameFault('TOO_DEEP');
      const text = data.toString();
      const json = parseText(text);
      const frame = readFrame(text);
      if (frame.message !== undefined) throw new FrameFault('MESSAGE_IN_JSON_FRAME');
      const { callId, control, start, end, cancel, credit } = frame;
      const message = 'body' in json ? { payload: json['body'] } : undefined;
      return checkFrame({
        callId,
        control,
        start,
        message,
        end,
        cancel,
        credit,
        bytes: data.length,
      });
    },
    encode(frame) {
      const serverFrame = bridge.ServerFrame.fromPartial({
        callId: frame.callId,
        control: frame.control,
        headers: frame.headers === undefined ? undefined : { metadata: [...frame.headers] },
        status: frame.status,
      });
      const bytes = bridge.ServerFrame.encode(serverFrame).finish();
      const json = toJson(serverFrameType, fromBinary(serverFrameType, bytes), { registry });
      const text = JSON.stringify(json);
      if (frame.message === undefined) return websocketFrame(OPCODE.text, text);
      const body = responseJson(frame.message.method.responseType, frame.message.bytes);
      const head = text === '{}' ? '{' : `${text.slice(0, -1)},`;
      return websocketFrame(OPCODE.text, `${head}"body":${body}}`);
    },
    requestBytes(method, message) {
      const type = types.message(method.requestType);
      // The payload was made by decode of this codec, so it is JSON.
      const json = message.payload as JsonValue;
      try {
        return toBinary(type, fromJson(type, json, { registry }));
      } catch (error) {
        const field = findFaultyField(type, json, registry);
        throw new ProtocolError(ErrorCode.BAD_FIELD, { field, cause: error });
      }
    },
    messageFrame: (callId, method, bytes) =>
      buildMessageFrame('json', callId, responseJson(method.responseType, bytes)),
  };
}
