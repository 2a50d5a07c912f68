// The namespace `rpc`: the parts of google.rpc and google.protobuf that travel in grpc-status-details-bin.
export {
  BadRequest,
  BadRequest_FieldViolation,
  ErrorInfo,
  RetryInfo,
} from './gen/google/rpc/error_details.ts';
export { Status } from './gen/google/rpc/status.ts';
export { Any } from './gen/google/protobuf/any.ts';
export { Duration } from './gen/google/protobuf/duration.ts';
