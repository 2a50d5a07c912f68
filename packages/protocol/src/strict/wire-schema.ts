import { WIRE_TABLE } from './wire-table.ts';

/** How a field travels. `closed` holds the largest number of an enum. */
export type WireKind =
  | { readonly type: 'string' | 'bytes' | 'uint32' | 'varint' | 'double' | 'fixed32' | 'fixed64' }
  | { readonly type: 'enum'; readonly max: number }
  | { readonly type: 'message'; readonly name: string };

/** One field of a message. */
export interface WireField {
  readonly name: string;
  readonly number: number;
  readonly kind: WireKind;
  /** Wire type of one element. */
  readonly wireType: 0 | 1 | 2 | 5;
  readonly repeated: boolean;
}

/** A message: its fields by number. */
export interface WireMessage {
  readonly name: string;
  readonly fields: readonly (WireField | undefined)[];
}

const parsed = new Map<string, WireMessage>();

/** The wire form of a message by its full name. Throws when the schema has no such message. */
export function wireMessage(name: string): WireMessage {
  let message = parsed.get(name);
  if (message === undefined) {
    message = parseWireMessage(name);
    parsed.set(name, message);
  }
  return message;
}

// A line of the table: "name=number kind" for each field, such as "room_id=1s rooms=2*m:chat.v1.Room role=3e3".
function parseWireMessage(name: string): WireMessage {
  const line = WIRE_TABLE[name];
  if (line === undefined) throw new Error(`no message ${name} in the schema`);
  const fields: (WireField | undefined)[] = [];
  for (const text of line.split(' ')) {
    const match = /^(\w+)=(\d+)(\*?)([a-z])(.*)$/.exec(text);
    if (match === null) continue;
    const [, fieldName = '', number = '', star = '', letter = '', rest = ''] = match;
    const kind = toKind(letter, rest);
    fields[Number(number)] = {
      name: fieldName,
      number: Number(number),
      kind,
      wireType: toWireType(kind),
      repeated: star === '*',
    };
  }
  return { name, fields };
}

function toKind(letter: string, rest: string): WireKind {
  switch (letter) {
    case 's':
      return { type: 'string' };
    case 'b':
      return { type: 'bytes' };
    case 'u':
      return { type: 'uint32' };
    case 'e':
      return { type: 'enum', max: Number(rest) };
    case 'm':
      return { type: 'message', name: rest.slice(1) };
    case 'd':
      return { type: 'double' };
    case 'f':
      return { type: 'fixed32' };
    case 'g':
      return { type: 'fixed64' };
    default:
      return { type: 'varint' };
  }
}

function toWireType(kind: WireKind): 0 | 1 | 2 | 5 {
  switch (kind.type) {
    case 'string':
    case 'bytes':
    case 'message':
      return 2;
    case 'double':
    case 'fixed64':
      return 1;
    case 'fixed32':
      return 5;
    default:
      return 0;
  }
}
