export { type GatewayConfig, gatewayConfig, gatewaySchema } from './config.ts';
export { ListenError } from './http/listen.ts';
export type { AcceptedSocket, SocketRoute } from './http/upgrade.ts';
export { createLogger, type LogOptions } from './logger.ts';
export { createGateway, type Gateway, type GatewayOverrides } from './server.ts';
