// The Node door: the services of the schema as typed grpc-js clients and servers.
export {
  type CallOptions,
  type ChannelHandle,
  type ClientMethod,
  type ClientOptions,
  createGrpcClient,
  createRawClient,
  type GrpcClient,
  type RawClient,
  type Upload,
} from './grpc/client.ts';
export {
  type Handler,
  type Handlers,
  implementRawService,
  implementService,
  type ServiceOptions,
} from './grpc/server.ts';
export type { CallContext } from './grpc/call-context.ts';
export {
  type ByteSink,
  createStreamWriter,
  type OwnedStreamWriter,
  type StartTimer,
  type StreamWriter,
  type StreamWriterOptions,
} from './grpc/stream-writer.ts';
export { GRPC_CLIENT_OPTIONS, GRPC_SERVER_OPTIONS } from './grpc/channel-options.ts';
export { bearerToken, checkMetadata, metadataFrom } from './grpc/metadata.ts';
export { fromServiceError, STATUS_DETAILS_KEY, toServiceError } from './grpc/service-error.ts';
export { descriptorSet, rawFileDescriptors } from './grpc/descriptors.ts';
