// The namespace `relay`: relay.v1, the link between gateway and server.
export * from './gen/relay/v1/relay.ts';
