// Whole services with all their messages are heavy and needed only on demand: this module is always imported lazily.
export {
  AuthServiceDefinition,
  ModerationServiceDefinition,
  RoomServiceDefinition,
  UserServiceDefinition,
} from '@chat/protocol';
