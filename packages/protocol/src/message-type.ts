import type { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';

/** What this package needs of a generated message: every generated `XMessage` constant is one. */
export interface MessageType<T> {
  encode(message: T, writer?: BinaryWriter): BinaryWriter;
  decode(input: BinaryReader | Uint8Array, length?: number): T;
}
