import { ProtocolError } from '@chat/protocol';

type Part = string | number;

/** A page cursor: opaque to the outside, the sort key of the last item inside. */
export function toCursor(parts: readonly Part[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The sort key of a cursor with parts of these types. Throws BAD_CURSOR. */
export function fromCursor(
  cursor: string,
  types: readonly ('string' | 'number')[],
): readonly Part[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch (cause) {
    throw new ProtocolError('BAD_CURSOR', { field: 'page_token', cause });
  }
  const fits =
    Array.isArray(parts) &&
    parts.length === types.length &&
    types.every((type, index) => typeof parts[index] === type);
  if (!fits) throw new ProtocolError('BAD_CURSOR', { field: 'page_token' });
  // Checked one by one above.
  return parts as Part[];
}
