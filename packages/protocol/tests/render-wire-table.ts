import {
  createFileRegistry,
  type DescField,
  type DescMessage,
  fromBinary,
  ScalarType,
} from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

/** The text of src/strict/wire-table.ts for a built schema. */
export function renderWireTable(descriptorSet: Uint8Array): string {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
  const lines: string[] = [];
  for (const type of registry) {
    if (type.kind !== 'message') continue;
    const fields = type.fields.map(renderField).join(' ');
    lines.push(`  '${type.typeName}': '${fields}',`);
    for (const field of type.fields) {
      if (field.fieldKind === 'map') lines.push(renderMapEntry(field));
    }
  }
  return [
    '// Made from the schema; a test says how to renew it when the schema changes.',
    '// Each line: "name=number kind"; kinds are s text, b bytes, u uint32, v other varint, e<max> enum,',
    '// d double, f fixed32, g fixed64, m:<message>; * marks repeated fields.',
    '// biome-ignore-all format: one line for each message',
    'export const WIRE_TABLE: Readonly<Record<string, string>> = {',
    ...lines.sort(),
    '};',
    '',
  ].join('\n');
}

function renderField(field: DescField): string {
  const name = `${field.name}=${field.number}`;
  if (field.fieldKind === 'map') return `${name}*m:${mapEntryName(field)}`;
  const star = field.fieldKind === 'list' ? '*' : '';
  return name + star + renderKind(field.scalar, field.message, enumMax(field));
}

function renderMapEntry(field: DescField & { fieldKind: 'map' }): string {
  const key = renderKind(field.mapKey, undefined, 0);
  const value = renderKind(field.scalar, field.message, enumMax(field));
  return `  '${mapEntryName(field)}': 'key=1${key} value=2${value}',`;
}

function mapEntryName(field: DescField): string {
  const entry = field.name.charAt(0).toUpperCase() + field.name.slice(1);
  return `${field.parent.typeName}.${entry}Entry`;
}

function enumMax(field: DescField): number {
  return Math.max(0, ...(field.enum?.values.map((value) => value.number) ?? []));
}

function renderKind(
  scalar: ScalarType | undefined,
  message: DescMessage | undefined,
  enumMax: number,
): string {
  if (message) return `m:${message.typeName}`;
  switch (scalar) {
    case undefined:
      return `e${enumMax}`;
    case ScalarType.STRING:
      return 's';
    case ScalarType.BYTES:
      return 'b';
    case ScalarType.UINT32:
      return 'u';
    case ScalarType.DOUBLE:
      return 'd';
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.SFIXED32:
      return 'f';
    case ScalarType.FIXED64:
    case ScalarType.SFIXED64:
      return 'g';
    default:
      return 'v';
  }
}
