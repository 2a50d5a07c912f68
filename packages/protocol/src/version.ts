/** Version of bridge.v1 and chat.v1 as described in docs/PROTOCOL.md. */
export const PROTOCOL_VERSION = '1.0';

/** SHA-256 of the schema without comments. A test fails when the schema changes and this line does not. */
export const DESCRIPTOR_SHA256 = 'd5a411a69e0f2ace0cdf1d7435cab9a82c84c0c936571adc2becfccc95562f80';

/** WebSocket subprotocols of the bridge, one for each codec. */
export const BRIDGE_SUBPROTOCOLS = {
  proto: 'grpc-bridge.v1.proto',
  json: 'grpc-bridge.v1.json',
} as const;
