import { describe, expect, test } from '@jest/globals';
import { ProtocolError } from '@chat/protocol';
import { descriptorSet } from '@chat/protocol/grpc';
import type { BridgeMethod } from '../ports/router.ts';
import { createJsonCodec } from './json-codec.ts';
import { createTypeRegistry } from './type-registry.ts';
import { websocketPayloadBytes } from './websocket-frame.ts';

const codec = createJsonCodec(createTypeRegistry(descriptorSet()));

function method(type: string): BridgeMethod {
  return {
    path: 'a.B/C',
    requestStream: false,
    responseStream: false,
    requestType: type,
    responseType: type,
    maxFrameBytes: 65_536,
  };
}

function toHex(type: string, json: unknown): string {
  return Buffer.from(codec.requestBytes(method(type), { payload: json })).toString('hex');
}

function toBody(type: string, hex: string): unknown {
  const frame = codec.messageFrame(1, method(type), Buffer.from(hex, 'hex'));
  const text = frame.subarray(frame.length - websocketPayloadBytes(frame)).toString();
  // A frame is JSON; its body is what this is about.
  return (JSON.parse(text) as { readonly body: unknown }).body;
}

describe('[CALL10] canonical JSON, both ways', () => {
  test.each([
    ['an empty message', 'chat.v1.Position', {}, ''],
    ['a string', 'chat.v1.Position', { epoch: 'é😀' }, '0a06c3a9f09f9880'],
    ['a 64-bit number', 'chat.v1.Position', { seq: '9007199254740993' }, '108180808080808010'],
    [
      'the largest one',
      'chat.v1.Position',
      { seq: '18446744073709551615' },
      '10ffffffffffffffffff01',
    ],
    ['bytes', 'chat.v1.Media', { sha256: '+/8=' }, '3a02fbff'],
    ['a time', 'chat.v1.Media', { createTime: '1970-01-01T00:00:01Z' }, '52020801'],
    [
      'a time with nanoseconds',
      'chat.v1.Media',
      { createTime: '1970-01-01T00:00:00.000000001Z' },
      '52021001',
    ],
    ['an enum by name', 'chat.v1.Room', { kind: 'ROOM_KIND_PUBLIC' }, '1001'],
    ['an enum number that has no name', 'chat.v1.Room', { kind: 99 }, '1063'],
    ['a true flag', 'chat.v1.SetTyping', { typing: true }, '1001'],
    ['the health service', 'grpc.health.v1.HealthCheckResponse', { status: 'SERVING' }, '0801'],
    ['a status detail', 'google.rpc.RetryInfo', { retryDelay: '1.500s' }, '0a0808011080cab5ee01'],
  ])('%s', (_what, type, json, hex) => {
    expect(toHex(type, json)).toBe(hex);
    expect(toBody(type, hex)).toEqual(json);
  });

  test.each([
    ['a number for 64 bits', 'chat.v1.Position', { seq: 5 }, '1005'],
    ['url-safe base64', 'chat.v1.Media', { sha256: '-_8' }, '3a02fbff'],
    ['the field name of the schema', 'chat.v1.SetTyping', { room_id: 'a' }, '0a0161'],
    ['an enum by number', 'chat.v1.Room', { kind: 1 }, '1001'],
    ['null for absent', 'chat.v1.Position', { epoch: null }, ''],
  ])('also read: %s', (_what, type, json, hex) => {
    expect(toHex(type, json)).toBe(hex);
  });
});

describe('[CALL10] what is refused, with the path of the field', () => {
  test.each([
    ['an unknown field', 'chat.v1.Position', { nope: 1 }, 'nope'],
    ['a string for a number', 'chat.v1.Media', { sizeBytes: 'many' }, 'size_bytes'],
    ['a fraction', 'chat.v1.Media', { sizeBytes: 1.5 }, 'size_bytes'],
    ['a number out of range', 'chat.v1.Media', { sizeBytes: 2 ** 32 }, 'size_bytes'],
    ['a negative number', 'chat.v1.Media', { sizeBytes: -1 }, 'size_bytes'],
    ['a flag as a number', 'chat.v1.SetTyping', { typing: 1 }, 'typing'],
    ['a flag as a string', 'chat.v1.SetTyping', { typing: 'true' }, 'typing'],
    ['bad base64', 'chat.v1.Media', { sha256: '***' }, 'sha256'],
    ['a misspelt enum name', 'chat.v1.Room', { kind: 'ROOM_KIND_PUBLIK' }, 'kind'],
    ['a time of another form', 'chat.v1.Media', { createTime: 'yesterday' }, 'create_time'],
    ['a list for a message', 'chat.v1.Media', { createTime: [] }, 'create_time'],
    ['an object for a list', 'chat.v1.Subscribe', { rooms: {} }, 'rooms'],
    [
      'deep inside',
      'chat.v1.Subscribe',
      { rooms: [{}, { after: { seq: 'x' } }] },
      'rooms[1].after.seq',
    ],
    ['an unknown field deep inside', 'chat.v1.Subscribe', { rooms: [{ x: 1 }] }, 'rooms[0].x'],
    ['two arms of a oneof', 'chat.v1.ChatRequest', { setTyping: {}, markRead: {} }, ''],
    ['a message that is no object', 'chat.v1.Position', 'x', ''],
  ])('%s', (_what, type, json, field) => {
    let error: unknown;
    try {
      toHex(type, json);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ProtocolError);
    expect(error).toMatchObject({ code: 'BAD_FIELD', field });
  });
});
