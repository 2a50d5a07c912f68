import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type DescMessage,
  type FileRegistry,
} from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt';

const HEALTH_STATUS_NAMES = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];

/** grpc.health.v1, which is exposed beside the registry but not part of the descriptor set. */
function healthFile() {
  return create(FileDescriptorProtoSchema, {
    name: 'grpc/health/v1/health.proto',
    package: 'grpc.health.v1',
    syntax: 'proto3',
    messageType: [
      {
        name: 'HealthCheckRequest',
        field: [
          {
            name: 'service',
            jsonName: 'service',
            number: 1,
            label: FieldDescriptorProto_Label.OPTIONAL,
            type: FieldDescriptorProto_Type.STRING,
          },
        ],
      },
      {
        name: 'HealthCheckResponse',
        field: [
          {
            name: 'status',
            jsonName: 'status',
            number: 1,
            label: FieldDescriptorProto_Label.OPTIONAL,
            type: FieldDescriptorProto_Type.ENUM,
            typeName: '.grpc.health.v1.HealthCheckResponse.ServingStatus',
          },
        ],
        enumType: [
          {
            name: 'ServingStatus',
            value: HEALTH_STATUS_NAMES.map((name, number) => ({ name, number })),
          },
        ],
      },
    ],
  });
}

/** Message types by full name, read from a serialized FileDescriptorSet. */
export interface TypeRegistry {
  readonly files: FileRegistry;
  /** Throws when the type is unknown: every exposed method's types must be in the set. */
  message(typeName: string): DescMessage;
}

/**
 * Builds the registry once at start. `more` are files of other servers, imports first; a
 * file that is known already by its name is not taken again.
 */
export function createTypeRegistry(
  descriptorSet: Uint8Array,
  more: readonly FileDescriptorProto[] = [],
): TypeRegistry {
  const set = fromBinary(FileDescriptorSetSchema, descriptorSet);
  const health = fromBinary(
    FileDescriptorProtoSchema,
    toBinary(FileDescriptorProtoSchema, healthFile()),
  );
  if (!set.file.some((file) => file.package === 'grpc.health.v1')) set.file.push(health);
  const names = new Set(set.file.map((file) => file.name));
  for (const file of more) {
    if (names.has(file.name)) continue;
    names.add(file.name);
    set.file.push(file);
  }
  const files = createFileRegistry(set);
  return {
    files,
    message(typeName) {
      const desc = files.getMessage(typeName);
      if (desc === undefined) throw new Error(`no descriptor for ${typeName}`);
      return desc;
    },
  };
}
