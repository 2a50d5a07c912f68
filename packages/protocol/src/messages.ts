// Every message and enum of chat.v1, flat. A test fails when a generated file is missing here.
export * from './gen/chat/v1/admin_service.ts';
export * from './gen/chat/v1/auth_service.ts';
export * from './gen/chat/v1/chat_service.ts';
export * from './gen/chat/v1/entry.ts';
export * from './gen/chat/v1/media.ts';
export * from './gen/chat/v1/media_service.ts';
export * from './gen/chat/v1/message.ts';
export * from './gen/chat/v1/message_service.ts';
export * from './gen/chat/v1/moderation.ts';
export * from './gen/chat/v1/moderation_service.ts';
export * from './gen/chat/v1/presence.ts';
export * from './gen/chat/v1/room.ts';
export * from './gen/chat/v1/room_service.ts';
export * from './gen/chat/v1/user.ts';
export * from './gen/chat/v1/user_service.ts';

// Each generated file declares these four; the flat door needs one of each, named, or bundlers see a conflict.
export {
  type DeepPartial,
  type MessageFns,
  protobufFileName,
  protobufPackage,
} from './gen/chat/v1/user.ts';
