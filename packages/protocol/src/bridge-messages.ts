// The namespace `bridge`: bridge.v1, what one WebSocket message carries.
export * from './gen/bridge/v1/bridge.ts';
