import type { Server } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { rawFileDescriptors } from '@chat/protocol/grpc';

/**
 * Lets tools such as `buf curl` and grpcurl read the schema from the server. The raw descriptors are handed over:
 * what proto-loader makes of them has lost its imports, and tools refuse that.
 */
export function addReflection(server: Server): void {
  const fileDescriptorProtos = rawFileDescriptors().map((bytes) => Buffer.from(bytes));
  // Of a whole package definition the service reads this one field of each value.
  const definition = { all: { fileDescriptorProtos } } as unknown as PackageDefinition;
  new ReflectionService(definition).addToServer(server);
}
