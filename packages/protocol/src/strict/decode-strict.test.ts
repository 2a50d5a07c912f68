import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { ErrorCode } from '../error-codes.ts';
import { ClientFrame } from '../gen/bridge/v1/bridge.ts';
import { ChatRequest } from '../gen/chat/v1/chat_service.ts';
import { Entry } from '../gen/chat/v1/entry.ts';
import {
  SearchMessagesRequest,
  SendMessageRequest,
  VotePollRequest,
} from '../gen/chat/v1/message_service.ts';
import { BanMemberRequest, SetRoleRequest } from '../gen/chat/v1/moderation_service.ts';
import { CreateRoomRequest, OpenDirectRequest } from '../gen/chat/v1/room_service.ts';
import type { MessageType } from '../message-type.ts';
import { ProtocolError } from '../protocol-error.ts';
import { methodByPath } from '../services.ts';
import type { WireLimits } from './check-wire.ts';
import { decodeStrict } from './decode-strict.ts';

interface Refusal {
  readonly name: string;
  readonly type: MessageType<unknown>;
  readonly bytes: string | Uint8Array;
  readonly code: ErrorCode;
  readonly field?: string | undefined;
  readonly limits?: WireLimits;
}

const groups = (depth: number) => '0b'.repeat(depth) + '0c'.repeat(depth);
const repeated = (count: number) => '0a00'.repeat(count);

function nestedValue(depth: number): Uint8Array {
  // Value{list_value{values[Value …]}}: two levels each.
  let value: Uint8Array = new Uint8Array();
  for (let level = 0; level < depth; level++) {
    const list = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(value).finish();
    value = new BinaryWriter().tag(6, WireType.LengthDelimited).bytes(list).finish();
  }
  return new BinaryWriter().tag(10, WireType.LengthDelimited).bytes(value).finish();
}

const REFUSED: readonly Refusal[] = [
  {
    name: 'text shorter than its length',
    type: CreateRoomRequest,
    bytes: '0a0541',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'a message shorter than its length',
    type: ChatRequest,
    bytes: '22080a02',
    code: 'BAD_FIELD',
    field: 'send_message',
  },
  {
    name: 'a tag without value',
    type: CreateRoomRequest,
    bytes: '0a',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'a number without end',
    type: ChatRequest,
    bytes: '08ffff',
    code: 'BAD_FIELD',
    field: 'request_id',
  },
  { name: 'field number 0', type: CreateRoomRequest, bytes: '0201', code: 'BAD_FIELD' },
  { name: 'wire type 6', type: CreateRoomRequest, bytes: '0e', code: 'BAD_FIELD' },
  { name: 'wire type 7', type: CreateRoomRequest, bytes: '0f', code: 'BAD_FIELD' },
  {
    name: 'a tag beyond 32 bits',
    type: CreateRoomRequest,
    bytes: '8a808080800100',
    code: 'BAD_FIELD',
  },
  {
    name: 'a number of 11 bytes',
    type: ChatRequest,
    bytes: `08${'80'.repeat(10)}01`,
    code: 'BAD_FIELD',
    field: 'request_id',
  },
  {
    name: 'a number beyond 64 bits',
    type: ChatRequest,
    bytes: `08${'ff'.repeat(9)}02`,
    code: 'BAD_FIELD',
    field: 'request_id',
  },
  {
    name: 'a length of 4 GiB',
    type: CreateRoomRequest,
    bytes: '0affffffff0f',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'a length of 2^63',
    type: CreateRoomRequest,
    bytes: '0affffffffffffffff7f',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'uint32 beyond 32 bits',
    type: ChatRequest,
    bytes: '088080808010',
    code: 'BAD_FIELD',
    field: 'request_id',
  },
  {
    name: 'text as varint',
    type: CreateRoomRequest,
    bytes: '0801',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'text as fixed32',
    type: CreateRoomRequest,
    bytes: '0d01020304',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'varint as bytes',
    type: ChatRequest,
    bytes: '0a0101',
    code: 'BAD_FIELD',
    field: 'request_id',
  },
  {
    name: 'a message as varint',
    type: ChatRequest,
    bytes: '2001',
    code: 'BAD_FIELD',
    field: 'send_message',
  },
  {
    name: 'lone continuation byte',
    type: CreateRoomRequest,
    bytes: '0a0180',
    code: 'BAD_FIELD',
    field: 'name',
  },
  { name: 'c3 28', type: CreateRoomRequest, bytes: '0a02c328', code: 'BAD_FIELD', field: 'name' },
  {
    name: 'a surrogate as UTF-8',
    type: CreateRoomRequest,
    bytes: '0a03eda080',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'overlong NUL',
    type: CreateRoomRequest,
    bytes: '0a02c080',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'overlong slash in three bytes',
    type: CreateRoomRequest,
    bytes: '0a03e080af',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'above U+10FFFF',
    type: CreateRoomRequest,
    bytes: '0a04f4908080',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'a character cut in half',
    type: CreateRoomRequest,
    bytes: '0a02e282',
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'bad text below',
    type: ChatRequest,
    bytes: '22031a01ff',
    code: 'BAD_FIELD',
    field: 'send_message.text',
  },
  {
    name: 'an unknown enum number',
    type: SetRoleRequest,
    bytes: '1863',
    code: 'BAD_FIELD',
    field: 'role',
  },
  {
    name: 'a negative enum number',
    type: SetRoleRequest,
    bytes: '18ffffffffffffffffff01',
    code: 'BAD_FIELD',
    field: 'role',
  },
  {
    name: 'a negative time',
    type: BanMemberRequest,
    bytes: '220b08ffffffffffffffffff01',
    code: 'BAD_FIELD',
    field: 'until.seconds',
  },
  {
    name: 'a time beyond the year 9999',
    type: BanMemberRequest,
    bytes: '2207088083d1ffaf07',
    code: 'BAD_FIELD',
    field: 'until.seconds',
  },
  {
    name: 'a second of too many nanos',
    type: BanMemberRequest,
    bytes: '2206108094ebdc03',
    code: 'BAD_FIELD',
    field: 'until.nanos',
  },
  {
    name: 'NaN',
    type: ClientFrame,
    bytes: '520911000000000000f87f',
    code: 'BAD_FIELD',
    field: 'body.number_value',
  },
  {
    name: 'infinity',
    type: ClientFrame,
    bytes: '520911000000000000f0ff',
    code: 'BAD_FIELD',
    field: 'body.number_value',
  },
  {
    name: 'an end of a group that did not begin',
    type: CreateRoomRequest,
    bytes: '9c01',
    code: 'BAD_FIELD',
  },
  {
    name: 'a known field as a group',
    type: CreateRoomRequest,
    bytes: groups(1),
    code: 'BAD_FIELD',
    field: 'name',
  },
  {
    name: 'an unknown group that ends as another',
    type: CreateRoomRequest,
    bytes: '9b01a401',
    code: 'BAD_FIELD',
  },
  {
    name: 'an unknown group without end',
    type: CreateRoomRequest,
    bytes: '9b01',
    code: 'BAD_FIELD',
  },
  {
    name: '16 unknown groups',
    type: CreateRoomRequest,
    bytes: '9b01'.repeat(16) + '9c01'.repeat(16),
    code: 'TOO_DEEP',
  },
  {
    name: '100,000 unknown groups',
    type: CreateRoomRequest,
    bytes: '9b01'.repeat(100_000),
    code: 'TOO_DEEP',
  },
  {
    name: 'a Value of 200 levels',
    type: ClientFrame,
    bytes: nestedValue(100),
    code: 'TOO_DEEP',
    field: undefined,
  },
  {
    name: '101 texts',
    type: OpenDirectRequest,
    bytes: repeated(101),
    code: 'TOO_MANY',
    field: 'user_ids',
  },
  {
    name: 'a million empty texts',
    type: OpenDirectRequest,
    bytes: repeated(1_000_000),
    code: 'TOO_MANY',
    field: 'user_ids',
  },
  {
    name: '101 packed numbers',
    type: VotePollRequest,
    bytes: `1a65${'00'.repeat(101)}`,
    code: 'TOO_MANY',
    field: 'options',
  },
  {
    name: '60 + 60 packed numbers',
    type: VotePollRequest,
    bytes: `1a3c${'00'.repeat(60)}`.repeat(2),
    code: 'TOO_MANY',
    field: 'options',
  },
  {
    name: 'a packed number beyond 32 bits',
    type: VotePollRequest,
    bytes: '1a058080808010',
    code: 'BAD_FIELD',
    field: 'options',
  },
  {
    name: 'more bytes than allowed',
    type: CreateRoomRequest,
    bytes: new Uint8Array(11),
    code: 'TOO_LARGE',
    limits: { maxBytes: 10 },
  },
];

describe('[P1] [P2] [P3] [P4] [P6] [P7] [P8] [P9] the strict door refuses', () => {
  test.each(REFUSED)('[DOOR1] [FRM6] $name', ({ type, bytes, code, limits, ...expected }) => {
    const error = refusal(() => decodeStrict(type, toBytes(bytes), limits));
    expect(error.code).toBe(code);
    if (expected.field !== undefined) expect(error.field).toBe(expected.field);
  });
});

interface Acceptance {
  readonly name: string;
  readonly type: MessageType<unknown>;
  readonly bytes: string;
  readonly value: object;
}

const ACCEPTED: readonly Acceptance[] = [
  { name: 'nothing', type: CreateRoomRequest, bytes: '', value: { name: '' } },
  {
    name: 'unknown fields of every wire type, which are dropped',
    type: CreateRoomRequest,
    bytes: '0a0141980101990101020304050607089d01010203049a0102ffff9b0108019c01',
    value: { name: 'A' },
  },
  {
    name: 'a field twice: the last one counts',
    type: CreateRoomRequest,
    bytes: '0a01410a0142',
    value: { name: 'B' },
  },
  {
    name: 'a number with leading zeros',
    type: ChatRequest,
    bytes: '08818000',
    value: { requestId: 1 },
  },
  {
    name: '100 elements',
    type: OpenDirectRequest,
    bytes: repeated(100),
    value: { userIds: Array.from({ length: 100 }, () => '') },
  },
  {
    name: 'packed and single numbers mixed',
    type: VotePollRequest,
    bytes: '1a0201021803',
    value: { options: [1, 2, 3] },
  },
  {
    name: '15 unknown groups',
    type: CreateRoomRequest,
    bytes: '9b01'.repeat(15) + '9c01'.repeat(15),
    value: { name: '' },
  },
  {
    name: 'the greatest uint64',
    type: Entry,
    bytes: '08ffffffffffffffffff01',
    value: { seq: 18_446_744_073_709_551_615n },
  },
  {
    name: 'text in every length of UTF-8',
    type: CreateRoomRequest,
    bytes: '0a0a41c3a9e282acf09f9880',
    value: { name: 'Aé€😀' },
  },
  {
    name: 'the last second of the year 9999',
    type: BanMemberRequest,
    bytes: '220708ff82d1ffaf07',
    value: { until: { seconds: 253_402_300_799n, nanos: 0 } },
  },
];

describe('[P6] [P10] the strict door takes', () => {
  test.each(ACCEPTED)('[DOOR1] $name', ({ type, bytes, value }) => {
    expect(decodeStrict(type, toBytes(bytes))).toMatchObject(value);
  });
});

test('[DOOR1] both cases of a oneof: the last one counts', () => {
  const search = decodeStrict(ChatRequest, toBytes('2a003200'));
  expect(search.command?.$case).toBe('markRead');
});

test('[DOOR1] what the schema writes is taken, for every request type', () => {
  for (const { requestType } of methodByPath.values()) {
    expect(() => decodeStrict(requestType, new Uint8Array())).not.toThrow();
  }
  const full = SearchMessagesRequest.create({
    query: 'ü',
    before: { seconds: 1n, nanos: 2 },
    limit: 5,
  });
  expect(decodeStrict(SearchMessagesRequest, SearchMessagesRequest.encode(full).finish())).toEqual(
    full,
  );
});

test('[DOOR1] flipped, cut and random bytes give a message or a ProtocolError, never anything else', () => {
  const sample = SendMessageRequest.encode(
    SendMessageRequest.create({
      roomId: 'r1',
      clientMessageId: 'abcdefgh',
      text: 'grüße',
      attachments: [{ mediaId: 'm', fileName: 'f' }],
      poll: { question: 'q', options: [{ text: 'a' }], closeTime: { seconds: 5n, nanos: 0 } },
    }),
  ).finish();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(sample.length),
      fc.uint8Array({ maxLength: 20 }),
      (flips, length, tail) => {
        const bytes = Uint8Array.from(sample);
        for (const [at, value] of flips) bytes[at] = value;
        try {
          decodeStrict(SendMessageRequest, Buffer.concat([bytes.subarray(0, length), tail]));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      },
    ),
    { seed: 7, numRuns: 5_000 },
  );
});

test('a type that is not of this schema is a fault of the caller', () => {
  expect(() => decodeStrict({ ...SetRoleRequest }, new Uint8Array())).toThrow('not a message');
});

function toBytes(hex: string | Uint8Array): Uint8Array {
  return typeof hex === 'string' ? Buffer.from(hex, 'hex') : hex;
}

function refusal(run: () => unknown): ProtocolError {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
  throw new Error('was taken');
}
