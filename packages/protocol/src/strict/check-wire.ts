import { LIMITS } from '../limits.ts';
import { ProtocolError } from '../protocol-error.ts';
import { isUtf8 } from './utf8.ts';
import { type WireField, type WireMessage, wireMessage } from './wire-schema.ts';

/** What may differ from door to door. */
export interface WireLimits {
  /** Nesting of messages and unknown groups; 16 when absent. */
  readonly maxDepth?: number;
  /** Elements of one repeated field; 100 when absent. */
  readonly maxRepeated?: number;
  /** Size of the whole message; unlimited when absent. */
  readonly maxBytes?: number;
}

interface Scan {
  readonly bytes: Uint8Array;
  readonly maxDepth: number;
  readonly maxRepeated: number;
  /** Where the next byte is read. */
  at: number;
  /** The varint that was read last, in two halves of 32 bits. */
  low: number;
  high: number;
}

const MAX_FIELD_NUMBER = 536_870_911;
const MAX_TIMESTAMP_SECONDS = 253_402_300_799; // year 9999

/**
 * Walks a serialized message once and refuses what a lenient decoder would let pass: truncated or overlong
 * pieces, illegal tags, a known field with another wire type, text that is not UTF-8, unknown enum
 * numbers, numbers out of range, too much nesting or repetition. Unknown fields pass. Throws ProtocolError
 * BAD_FIELD, TOO_DEEP, TOO_MANY or TOO_LARGE.
 */
export function checkWire(name: string, bytes: Uint8Array, limits: WireLimits = {}): void {
  if (limits.maxBytes !== undefined && bytes.length > limits.maxBytes) {
    throw new ProtocolError('TOO_LARGE', { message: `more than ${limits.maxBytes} bytes` });
  }
  const scan: Scan = {
    bytes,
    maxDepth: limits.maxDepth ?? LIMITS.maxMessageDepth,
    maxRepeated: limits.maxRepeated ?? LIMITS.maxRepeated,
    at: 0,
    low: 0,
    high: 0,
  };
  checkMessage(scan, wireMessage(name), bytes.length, 1, '');
}

function checkMessage(
  scan: Scan,
  message: WireMessage,
  end: number,
  depth: number,
  path: string,
): void {
  if (depth > scan.maxDepth) throw new ProtocolError('TOO_DEEP', { field: path });
  let counts: number[] | undefined;
  while (scan.at < end) {
    const tag = readTag(scan, end, path);
    const number = tag >>> 3;
    const wireType = tag & 7;
    const field = message.fields[number];
    if (field === undefined) {
      skip(scan, number, wireType, end, depth, path);
      continue;
    }
    if (field.repeated) {
      counts ??= [];
      if (wireType === 2 && field.wireType !== 2) {
        checkPacked(scan, field, end, counts, path);
        continue;
      }
      count(scan, field, counts, 1, path);
    }
    if (wireType !== field.wireType) throw bad('another wire type', path, field);
    checkValue(scan, message, field, end, depth, path);
  }
}

function checkValue(
  scan: Scan,
  message: WireMessage,
  field: WireField,
  end: number,
  depth: number,
  path: string,
): void {
  const { kind } = field;
  switch (kind.type) {
    case 'string':
    case 'bytes':
    case 'message': {
      const stop = readLength(scan, end, path, field);
      if (kind.type === 'message') {
        checkMessage(scan, wireMessage(kind.name), stop, depth + 1, join(path, field));
      } else if (kind.type === 'string' && !isUtf8(scan.bytes, scan.at, stop)) {
        throw bad('text that is not UTF-8', path, field);
      }
      scan.at = stop;
      return;
    }
    case 'double':
    case 'fixed64':
    case 'fixed32': {
      const size = kind.type === 'fixed32' ? 4 : 8;
      if (scan.at + size > end) throw bad('truncated', path, field);
      // An exponent of all ones is NaN or infinite.
      if (
        kind.type === 'double' &&
        ((scan.bytes[scan.at + 7] ?? 0) & 0x7f) === 0x7f &&
        ((scan.bytes[scan.at + 6] ?? 0) & 0xf0) === 0xf0
      ) {
        throw bad('not a finite number', path, field);
      }
      scan.at += size;
      return;
    }
    default:
      readVarint(scan, end, path, field);
      checkNumber(scan, message, field, path);
  }
}

function checkNumber(scan: Scan, message: WireMessage, field: WireField, path: string): void {
  const { kind } = field;
  if (kind.type === 'uint32' && scan.high !== 0) throw bad('out of range', path, field);
  if (kind.type === 'enum' && (scan.high !== 0 || scan.low > kind.max)) {
    throw bad('an unknown enum number', path, field);
  }
  if (message.name === 'google.protobuf.Timestamp') {
    const value = scan.high * 4_294_967_296 + scan.low;
    if (value > (field.number === 1 ? MAX_TIMESTAMP_SECONDS : 999_999_999)) {
      throw bad('out of range', path, field);
    }
  }
}

function checkPacked(
  scan: Scan,
  field: WireField,
  end: number,
  counts: number[],
  path: string,
): void {
  const stop = readLength(scan, end, path, field);
  const width = field.wireType === 1 ? 8 : 4;
  let elements = 0;
  while (scan.at < stop) {
    if (field.wireType === 0) {
      readVarint(scan, stop, path, field);
      if (field.kind.type === 'uint32' && scan.high !== 0) throw bad('out of range', path, field);
      if (field.kind.type === 'enum' && (scan.high !== 0 || scan.low > field.kind.max)) {
        throw bad('an unknown enum number', path, field);
      }
    } else {
      if (scan.at + width > stop) throw bad('truncated', path, field);
      scan.at += width;
    }
    elements++;
  }
  count(scan, field, counts, elements, path);
}

function count(
  scan: Scan,
  field: WireField,
  counts: number[],
  elements: number,
  path: string,
): void {
  const total = (counts[field.number] ?? 0) + elements;
  counts[field.number] = total;
  if (total > scan.maxRepeated) {
    const message = `more than ${scan.maxRepeated} elements`;
    throw new ProtocolError('TOO_MANY', { message, field: join(path, field) });
  }
}

/** Steps over an unknown field; groups are walked, so that their nesting has a limit too. */
function skip(
  scan: Scan,
  number: number,
  wireType: number,
  end: number,
  depth: number,
  path: string,
): void {
  switch (wireType) {
    case 0:
      readVarint(scan, end, path);
      return;
    case 1:
    case 5:
      scan.at += wireType === 1 ? 8 : 4;
      if (scan.at > end) throw bad('truncated', path);
      return;
    case 2:
      scan.at = readLength(scan, end, path);
      return;
    case 3: {
      if (depth >= scan.maxDepth) throw new ProtocolError('TOO_DEEP', { field: path });
      for (;;) {
        const tag = readTag(scan, end, path);
        if ((tag & 7) === 4) {
          if (tag >>> 3 !== number) throw bad('a group that ends as another', path);
          return;
        }
        skip(scan, tag >>> 3, tag & 7, end, depth + 1, path);
      }
    }
    default:
      throw bad('a group that ends without beginning', path);
  }
}

function readTag(scan: Scan, end: number, path: string): number {
  const start = scan.at;
  readVarint(scan, end, path);
  const number = scan.low >>> 3;
  if (scan.high !== 0 || scan.at - start > 5 || number === 0 || number > MAX_FIELD_NUMBER) {
    throw bad('an illegal field number', path);
  }
  if ((scan.low & 7) > 5) throw bad('an illegal wire type', path);
  return scan.low;
}

function readLength(scan: Scan, end: number, path: string, field?: WireField): number {
  readVarint(scan, end, path, field);
  const stop = scan.at + scan.low;
  if (scan.high !== 0 || stop > end) throw bad('truncated', path, field);
  return stop;
}

function readVarint(scan: Scan, end: number, path: string, field?: WireField): void {
  const { bytes } = scan;
  const first = scan.at < end ? (bytes[scan.at] ?? 0) : 0x100;
  if (first < 0x80) {
    scan.at++;
    scan.low = first;
    scan.high = 0;
    return;
  }
  let low = 0;
  let high = 0;
  for (let index = 0; index < 10; index++) {
    if (scan.at >= end) throw bad('truncated', path, field);
    const byte = bytes[scan.at++] ?? 0;
    const shift = index * 7;
    if (shift < 28) low |= (byte & 0x7f) << shift;
    else if (shift === 28) {
      low |= (byte & 0x0f) << 28;
      high |= (byte & 0x7f) >> 4;
    } else high |= (byte & 0x7f) << (shift - 32);
    if (byte < 0x80) {
      if (index === 9 && byte > 1) break;
      scan.low = low >>> 0;
      scan.high = high >>> 0;
      return;
    }
  }
  throw bad('a number longer than 64 bits', path, field);
}

function join(path: string, field: WireField): string {
  return path === '' ? field.name : `${path}.${field.name}`;
}

function bad(why: string, path: string, field?: WireField): ProtocolError {
  const at = field === undefined ? path : join(path, field);
  return new ProtocolError('BAD_FIELD', { message: why, field: at === '' ? undefined : at });
}
