import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

// grpc.reflection.v1 (v1alpha has the same bytes), as much of it as a client needs.

/** One question to ServerReflectionInfo. */
export type ReflectionQuestion =
  | { readonly ask: 'services' }
  | { readonly ask: 'fileOfSymbol' | 'fileByName'; readonly name: string };

/** One answer. */
export type ReflectionAnswer =
  | { readonly kind: 'services'; readonly names: readonly string[] }
  | { readonly kind: 'files'; readonly files: readonly Uint8Array[] }
  | { readonly kind: 'error'; readonly message: string };

const QUESTION_FIELD = { fileByName: 3, fileOfSymbol: 4, services: 7 } as const;
const FILES_FIELD = 4;
const SERVICES_FIELD = 6;
const ERROR_FIELD = 7;

export function encodeQuestion(question: ReflectionQuestion): Uint8Array {
  const text = question.ask === 'services' ? '' : question.name;
  const writer = new BinaryWriter();
  return writer.tag(QUESTION_FIELD[question.ask], WireType.LengthDelimited).string(text).finish();
}

/** Length-delimited fields of a message; others are skipped. Throws when the bytes are no message. */
function readFields(bytes: Uint8Array): readonly (readonly [number, Uint8Array])[] {
  const reader = new BinaryReader(bytes);
  const fields: [number, Uint8Array][] = [];
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (wireType === WireType.LengthDelimited) fields.push([field, reader.bytes()]);
    else reader.skip(wireType, field);
  }
  return fields;
}

function valuesOf(bytes: Uint8Array, field: number): Uint8Array[] {
  return readFields(bytes).flatMap(([number, value]) => (number === field ? [value] : []));
}

function textOf(bytes: Uint8Array, field: number): string {
  return Buffer.from(valuesOf(bytes, field)[0] ?? []).toString();
}

export function decodeAnswer(bytes: Uint8Array): ReflectionAnswer {
  for (const [field, value] of readFields(bytes)) {
    if (field === FILES_FIELD) return { kind: 'files', files: valuesOf(value, 1) };
    if (field === SERVICES_FIELD) {
      return { kind: 'services', names: valuesOf(value, 1).map((service) => textOf(service, 1)) };
    }
    if (field === ERROR_FIELD) return { kind: 'error', message: textOf(value, 2) };
  }
  return { kind: 'error', message: 'an empty answer' };
}
