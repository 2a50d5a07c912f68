import { LIMITS, ProtocolError, type bridge } from '@chat/protocol';
import { Metadata } from '@grpc/grpc-js';

const NAME = /^[0-9a-z_.-]{1,128}$/;
const PRINTABLE = /^[\x20-\x7e]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
const BLOCKED_PREFIXES = ['x-forwarded-', 'x-internal-'];
const SETTABLE: ReadonlySet<string> = new Set([
  'traceparent',
  'tracestate',
  'baggage',
  'accept-language',
  'idempotency-key',
  'token',
]);

function isSettable(name: string): boolean {
  if (SETTABLE.has(name)) return true;
  return name.startsWith('x-') && !BLOCKED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function refuse(index: number, part: 'name' | 'value', message: string): ProtocolError {
  return new ProtocolError('BAD_FIELD', {
    field: `start.metadata[${String(index)}].${part}`,
    message,
  });
}

function addHeader(metadata: Metadata, header: bridge.Header, index: number): void {
  const name = header.name.toLowerCase();
  if (!NAME.test(name)) throw refuse(index, 'name', 'not a metadata name');
  if (!isSettable(name)) throw refuse(index, 'name', 'clients may not set this metadata');
  if (!PRINTABLE.test(header.value)) throw refuse(index, 'value', 'not printable ASCII');
  if (!name.endsWith('-bin')) {
    metadata.add(name, header.value);
    return;
  }
  if (!BASE64.test(header.value)) throw refuse(index, 'value', 'not base64');
  metadata.add(name, Buffer.from(header.value, 'base64'));
}

/**
 * Request metadata for the upstream from what the client set. Throws ProtocolError for
 * a header that is malformed, not settable, or over the limits.
 */
export function fromClientHeaders(headers: readonly bridge.Header[]): Metadata {
  if (headers.length > LIMITS.maxMetadataEntries) {
    throw new ProtocolError('BAD_FIELD', {
      field: 'start.metadata',
      message: 'too many metadata entries',
    });
  }
  const bytes = headers.reduce((sum, { name, value }) => sum + name.length + value.length, 0);
  if (bytes > LIMITS.maxMetadataBytes) {
    throw new ProtocolError('BAD_FIELD', { field: 'start.metadata', message: 'too much metadata' });
  }
  const metadata = new Metadata();
  headers.forEach((header, index) => addHeader(metadata, header, index));
  return metadata;
}
