import { readFileSync } from 'node:fs';
import { BinaryReader } from '@bufbuild/protobuf/wire';

let descriptors: Uint8Array | undefined;

/** The schema as a serialized google.protobuf.FileDescriptorSet, for reflection and protobuf JSON. Read once. */
export function descriptorSet(): Uint8Array {
  descriptors ??= new Uint8Array(
    readFileSync(new URL('../gen/descriptors.binpb', import.meta.url)),
  );
  return descriptors;
}

/** Each file of the schema as a serialized FileDescriptorProto, dependencies first. */
export function rawFileDescriptors(): readonly Uint8Array[] {
  const reader = new BinaryReader(descriptorSet());
  const files: Uint8Array[] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    // FileDescriptorSet.file
    if (field === 1) files.push(reader.bytes());
    else reader.skip(wireType, field);
  }
  return files;
}
