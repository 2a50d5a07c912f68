import type { Server } from '@grpc/grpc-js';
import { relay, services } from '@chat/protocol';
import { HealthImplementation } from 'grpc-health-check';

/** grpc.health.v1: one answer for the server and for each of its services. */
export interface Health {
  addTo(server: Server): void;
  /** Tells all watchers. */
  set(serving: boolean): void;
}

/** Not serving until told otherwise. */
export function createHealth(): Health {
  const names = [
    '',
    ...services.map(({ fullName }) => fullName),
    relay.RelayServiceDefinition.fullName,
  ];
  const health = new HealthImplementation(
    Object.fromEntries(names.map((name) => [name, 'NOT_SERVING' as const])),
  );
  return {
    addTo: (server) => health.addToServer(server),
    set(serving) {
      for (const name of names) health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING');
    },
  };
}
