import { LIMITS } from '@chat/protocol';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { Log } from '../ports/log.ts';
import type { BridgeMethod } from '../ports/router.ts';
import { createTypeRegistry, type TypeRegistry } from '../codec/type-registry.ts';
import { createChannelPool, DEFAULT_CHANNEL_POOL } from '../upstream/channel-pool.ts';
import { createGrpcUpstream } from '../upstream/grpc-upstream.ts';
import { reflectServer } from '../upstream/reflection.ts';
import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';

/** Another gRPC server behind the bridge. */
export interface ExtraUpstream {
  readonly address: string;
  /** Full names of the services it is asked for. */
  readonly services: readonly string[];
  readonly files: readonly FileDescriptorProto[];
  readonly open: OpenUpstreamCall;
  close(): void;
}

/** Never taken from another server: our own services, and those that are about a server, not of it. */
const OWN_PACKAGES = [
  'chat.v1.',
  'relay.v1.',
  'bridge.v1.',
  'grpc.health.',
  'grpc.reflection.',
  'grpc.channelz.',
];

function isForeign(service: string): boolean {
  return !OWN_PACKAGES.some((prefix) => service.startsWith(prefix));
}

/**
 * Asks each address what it serves. One that does not answer is reported and left out:
 * the chat does not wait for other people's servers. Users' tokens are forwarded to them,
 * so an operator names only servers that are trusted with those.
 */
export async function connectExtraUpstreams(
  addresses: readonly string[],
  log: Log,
): Promise<ExtraUpstream[]> {
  const upstreams = await Promise.all(
    addresses.map(async (address): Promise<ExtraUpstream | undefined> => {
      const pool = createChannelPool({ addresses: [address], ...DEFAULT_CHANNEL_POOL });
      const open = createGrpcUpstream(pool);
      try {
        const { services, files } = await reflectServer(open, isForeign);
        log.info({ address, services }, 'more services behind the bridge');
        return { address, services, files, open, close: () => pool.close() };
      } catch (cause) {
        log.error({ address, cause }, 'an upstream does not tell what it serves');
        pool.close();
        return undefined;
      }
    }),
  );
  return upstreams.flatMap((upstream) => upstream ?? []);
}

/**
 * Our types and those of the upstreams. When these do not fit together the chat goes on
 * without them: the fault is reported, and the list that comes back is empty.
 */
export function createSharedRegistry(
  descriptorSet: Uint8Array,
  upstreams: readonly ExtraUpstream[],
  log: Log,
): { readonly types: TypeRegistry; readonly usable: readonly ExtraUpstream[] } {
  try {
    const files = upstreams.flatMap((upstream) => upstream.files);
    const theirs = files.filter(
      (file) => !OWN_PACKAGES.some((own) => `${file.package}.`.startsWith(own)),
    );
    return { types: createTypeRegistry(descriptorSet, theirs), usable: upstreams };
  } catch (cause) {
    log.error({ cause }, 'the types of the upstreams do not fit together');
    return { types: createTypeRegistry(descriptorSet), usable: [] };
  }
}

/** The methods of a server as its descriptors say. */
export function methodsOf(upstream: ExtraUpstream, types: TypeRegistry): BridgeMethod[] {
  return upstream.services.flatMap((name) =>
    (types.files.getService(name)?.methods ?? []).map((method) => ({
      path: `${name}/${method.name}`,
      requestStream:
        method.methodKind === 'client_streaming' || method.methodKind === 'bidi_streaming',
      responseStream:
        method.methodKind === 'server_streaming' || method.methodKind === 'bidi_streaming',
      requestType: method.input.typeName,
      responseType: method.output.typeName,
      maxFrameBytes: LIMITS.maxFrameBytes,
    })),
  );
}
