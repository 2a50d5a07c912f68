/** A view of the same bytes as a Buffer, which grpc-js insists on. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Serialiser and deserialiser of calls whose messages stay bytes. */
export function identity(bytes: Buffer): Buffer {
  return bytes;
}
