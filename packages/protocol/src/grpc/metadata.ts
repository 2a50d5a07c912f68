import { Metadata } from '@grpc/grpc-js';
import { LIMITS } from '../limits.ts';
import { ProtocolError } from '../protocol-error.ts';

/** Metadata from plain pairs; a name that ends in "-bin" takes bytes. Throws TypeError for an illegal name or value. */
export function metadataFrom(pairs: Readonly<Record<string, string | Uint8Array>>): Metadata {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(pairs)) {
    metadata.set(name, typeof value === 'string' ? value : Buffer.from(value));
  }
  return metadata;
}

/** Refuses metadata beyond 8 KiB or 64 entries. Throws ProtocolError TOO_LARGE. */
export function checkMetadata(metadata: Metadata): void {
  let entries = 0;
  let bytes = 0;
  for (const name of Object.keys(metadata.getMap())) {
    for (const value of metadata.get(name)) {
      entries++;
      bytes += name.length + value.length;
    }
  }
  if (entries > LIMITS.maxMetadataEntries || bytes > LIMITS.maxMetadataBytes) {
    throw new ProtocolError('TOO_LARGE', { message: 'too much metadata' });
  }
}

/**
 * The caller's token: `authorization: Bearer <token>` or `token: <token>`; undefined when there is none.
 * Throws ProtocolError UNAUTHENTICATED when there are two that differ, or the scheme is another.
 */
export function bearerToken(metadata: Metadata): string | undefined {
  const given = [
    ...metadata.get('authorization').map((value) => fromAuthorization(String(value))),
    ...metadata.get('token').map(String),
  ];
  const [token] = given;
  if (given.some((other) => other !== token)) throw new ProtocolError('UNAUTHENTICATED');
  return token;
}

function fromAuthorization(value: string): string {
  const match = /^bearer ([!-~]{1,4096})$/i.exec(value);
  if (match?.[1] === undefined) throw new ProtocolError('UNAUTHENTICATED');
  return match[1];
}
