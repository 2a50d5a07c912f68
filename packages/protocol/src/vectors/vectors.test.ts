import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from '@jest/globals';
import {
  decodeClientFrame,
  decodeServerFrame,
  encodeClientFrame,
  encodeServerFrame,
} from '../bridge/frame-codec.ts';
import { ChatRequest, ChatResponse } from '../gen/chat/v1/chat_service.ts';
import { descriptorSet } from '../grpc/descriptors.ts';
import { decodeStrict } from '../strict/decode-strict.ts';
import { chatVectors, frameVectors } from './index.ts';

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet()));

// What the code of this package makes of the bytes, written again.
const ROUND_TRIP: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  'bridge.v1.ClientFrame': (bytes) => encodeClientFrame(decodeClientFrame(bytes)),
  'bridge.v1.ServerFrame': (bytes) => encodeServerFrame(decodeServerFrame(bytes)),
  'chat.v1.ChatRequest': (bytes) => ChatRequest.encode(decodeStrict(ChatRequest, bytes)).finish(),
  'chat.v1.ChatResponse': (bytes) => ChatResponse.encode(ChatResponse.decode(bytes)).finish(),
};

describe.each([...frameVectors, ...chatVectors])('$type: $name', ({ type, hex, json }) => {
  const schema = registry.getMessage(type);
  if (schema === undefined) throw new Error(`no message ${type}`);
  const bytes = new Uint8Array(Buffer.from(hex, 'hex'));

  test('[FRM2] the bytes read as the JSON', () => {
    expect(toJson(schema, fromBinary(schema, bytes), { registry })).toEqual(json);
  });

  test('[FRM2] the JSON writes the bytes', () => {
    // The vectors are JSON by their file type.
    const message = fromJson(schema, json as Parameters<typeof fromJson>[1], { registry });
    expect(Buffer.from(toBinary(schema, message)).toString('hex')).toBe(hex);
  });

  test('[FRM2] the codec of this package writes the same bytes', () => {
    expect(Buffer.from(ROUND_TRIP[type]?.(bytes) ?? []).toString('hex')).toBe(hex);
  });
});
