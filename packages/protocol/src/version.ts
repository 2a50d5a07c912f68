/** Version of bridge.v1 and chat.v1 as described in docs/PROTOCOL.md. */
export const PROTOCOL_VERSION = '1.0';

/** SHA-256 of the schema without comments. A test fails when the schema changes and this line does not. */
export const DESCRIPTOR_SHA256 = 'unpinned';

/** WebSocket subprotocols of the bridge, one for each codec. */
export const BRIDGE_SUBPROTOCOLS = {
  proto: 'grpc-bridge.v1.proto',
  json: 'grpc-bridge.v1.json',
} as const;
