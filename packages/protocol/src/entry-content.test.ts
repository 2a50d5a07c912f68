import { createHash } from 'node:crypto';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { expect, test } from '@jest/globals';
import { decodeEntryContent, encodeEntryContent, entryKind } from './entry-content.ts';
import { Entry } from './gen/chat/v1/entry.ts';
import { descriptorSet } from './grpc/descriptors.ts';

const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet()));
const cases = registry.getMessage('chat.v1.Entry')?.oneofs[0]?.fields ?? [];

test('[LOG2] the kind of every case is its field number in the schema', () => {
  expect(cases.length).toBe(14);
  for (const field of cases) {
    const entry = Entry.decode(new Uint8Array([...varint(field.number * 8 + 2), 0]));
    expect([field.localName, entry.content && entryKind(entry.content)]).toEqual([
      field.localName,
      field.number,
    ]);
  }
});

test('[LOG2] the content is the message of the case alone, and comes back from its kind', () => {
  const content = { $case: 'memberJoined', value: { userId: 'u1', displayName: 'Ann' } } as const;
  const bytes = encodeEntryContent(content);
  expect(Buffer.from(bytes).toString('hex')).toBe('0a0275311203416e6e');
  expect(decodeEntryContent(15, bytes)).toEqual(content);
  expect(decodeEntryContent(9, bytes)).toBeUndefined();
});

test('[LOG2] the hash of a first entry, by hand', () => {
  const content = Buffer.from('0a0275311203416e6e', 'hex');
  const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const chained = sha(
    Buffer.concat([Buffer.alloc(32), Buffer.from('00000000000000010f', 'hex'), sha(content)]),
  );
  expect(chained.toString('hex')).toBe(
    '78fc84dba60da832d17085c3583b48f60645e4643fdd54fa7622d93597bffa8c',
  );
});

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, value >> 7];
}
