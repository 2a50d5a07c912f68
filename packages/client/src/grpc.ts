// The Node door: the same client over gRPC itself, without a bridge between.
export { createGrpcLink, type GrpcLinkOptions } from './grpc/grpc-link.ts';
