// The door of the package: start a server in this process, or read its settings.
export { defaultServerConfig, type ServerConfig, serverSchema } from './config.ts';
export { UNIMPLEMENTED_METHODS } from './rpc/unimplemented.ts';
export { type ChatServer, createServer, type ServerOverrides } from './server.ts';
