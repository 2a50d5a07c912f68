import { LIMITS, methodByPath } from '@chat/protocol';
import type { TypeRegistry } from '../codec/type-registry.ts';
import type { OpenEdgeCall } from '../ports/edge-call.ts';
import type { BridgeMethod, Route, Router } from '../ports/router.ts';
import type { OpenUpstreamCall } from '../upstream/upstream-call.ts';

/** A frame holds a request message, its envelope and, in JSON, base64 instead of bytes. */
const FRAME_ENVELOPE_BYTES = 16_384;
const BASE64_FACTOR = 4 / 3;

const HEALTH_METHODS: readonly BridgeMethod[] = (['Check', 'Watch'] as const).map((name) => ({
  path: `grpc.health.v1.Health/${name}`,
  requestStream: false,
  responseStream: name === 'Watch',
  requestType: 'grpc.health.v1.HealthCheckRequest',
  responseType: 'grpc.health.v1.HealthCheckResponse',
  maxFrameBytes: LIMITS.maxFrameBytes,
}));

function frameLimit(maxRequestBytes: number): number {
  if (maxRequestBytes <= LIMITS.maxFrameBytes) return LIMITS.maxFrameBytes;
  return Math.ceil(maxRequestBytes * BASE64_FACTOR) + FRAME_ENVELOPE_BYTES;
}

/** The exposed methods of the chat registry and the health service; relay.v1 is absent: it is for gateways. */
export function exposedMethods(types: TypeRegistry): BridgeMethod[] {
  const methods = [...methodByPath.values()].map((entry): BridgeMethod => {
    const service = types.files.getService(entry.service.fullName);
    const desc = service?.methods.find((method) => method.name === entry.name);
    if (desc === undefined) throw new Error(`no descriptor for ${entry.path}`);
    return {
      path: entry.path,
      requestStream: entry.requestStream,
      responseStream: entry.responseStream,
      requestType: desc.input.typeName,
      responseType: desc.output.typeName,
      maxFrameBytes: frameLimit(entry.maxRequestBytes),
    };
  });
  return [...methods, ...HEALTH_METHODS];
}

/** Methods that another server has. */
export interface ExtraMethods {
  readonly open: OpenUpstreamCall;
  readonly methods: readonly BridgeMethod[];
}

/**
 * Routes by full name in a Map: method names come from peers. `edge` names those served in
 * the gateway; where `extra` names a method of ours, ours stays.
 */
export function createRouter(
  methods: readonly BridgeMethod[],
  edge: ReadonlyMap<string, OpenEdgeCall>,
  extra: readonly ExtraMethods[] = [],
): Router {
  const routes = new Map<string, Route>();
  for (const { open, methods: more } of extra) {
    for (const method of more) routes.set(method.path, { kind: 'upstream', method, open });
  }
  for (const method of methods) {
    const open = edge.get(method.path);
    routes.set(
      method.path,
      open === undefined ? { kind: 'upstream', method, open } : { kind: 'edge', method, open },
    );
  }
  return (path) => routes.get(path);
}
