// The Node door: the same client over gRPC itself, without a bridge between, and an outbox in files.
export { createFileOutbox } from './chat/file-outbox.ts';
export { createGrpcLink, type GrpcLinkOptions } from './grpc/grpc-link.ts';
