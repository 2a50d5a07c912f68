import {
  CreateRoomRequest,
  CreateRoomResponse,
  DeleteMessageRequest,
  DeleteMessageResponse,
  EditMessageRequest,
  EditMessageResponse,
  GetMessageRequest,
  GetMessageResponse,
  JoinRoomRequest,
  JoinRoomResponse,
  LeaveRoomRequest,
  LeaveRoomResponse,
  ListEntriesRequest,
  ListEntriesResponse,
  ListMyRoomsRequest,
  ListMyRoomsResponse,
  OpenDirectRequest,
  OpenDirectResponse,
  PreviewRoomRequest,
  PreviewRoomResponse,
  SetPinRequest,
  SetPinResponse,
  SetReactionRequest,
  SetReactionResponse,
  VotePollRequest,
  VotePollResponse,
} from '@chat/protocol';
import { type Codec, callUnary } from '../calls/create-client.ts';
import type { CallEnvironment } from '../calls/run-call.ts';
import type { CallOptions } from '../calls/service-client.ts';

/** A unary method of the chat. */
export interface ChatMethod<Request, Response> {
  readonly path: string;
  readonly requestType: Codec<Request>;
  readonly responseType: Codec<Response>;
}

// The generated service definitions name every message of a service; a bundle of the chat client
// would carry them all. These are the ones it uses.
function method<Request, Response>(
  path: string,
  requestType: Codec<Request>,
  responseType: Codec<Response>,
): ChatMethod<Request, Response> {
  return { path: `chat.v1.${path}`, requestType, responseType };
}

/** The unary methods that the chat client calls by itself. */
export const METHODS = /* @__PURE__ */ Object.freeze({
  listEntries: method('MessageService/ListEntries', ListEntriesRequest, ListEntriesResponse),
  getMessage: method('MessageService/GetMessage', GetMessageRequest, GetMessageResponse),
  editMessage: method('MessageService/EditMessage', EditMessageRequest, EditMessageResponse),
  deleteMessage: method(
    'MessageService/DeleteMessage',
    DeleteMessageRequest,
    DeleteMessageResponse,
  ),
  setReaction: method('MessageService/SetReaction', SetReactionRequest, SetReactionResponse),
  setPin: method('MessageService/SetPin', SetPinRequest, SetPinResponse),
  votePoll: method('MessageService/VotePoll', VotePollRequest, VotePollResponse),
  listMyRooms: method('RoomService/ListMyRooms', ListMyRoomsRequest, ListMyRoomsResponse),
  joinRoom: method('RoomService/JoinRoom', JoinRoomRequest, JoinRoomResponse),
  leaveRoom: method('RoomService/LeaveRoom', LeaveRoomRequest, LeaveRoomResponse),
  createRoom: method('RoomService/CreateRoom', CreateRoomRequest, CreateRoomResponse),
  openDirect: method('RoomService/OpenDirect', OpenDirectRequest, OpenDirectResponse),
  previewRoom: method('RoomService/PreviewRoom', PreviewRoomRequest, PreviewRoomResponse),
});

/** Calls a unary method of the chat. */
export type Ask = <Request, Response>(
  method: ChatMethod<Request, Response>,
  request: Partial<Request>,
  options?: CallOptions,
) => Promise<Response>;

/** Binds the calls to a connection. */
export function createAsk(environment: CallEnvironment): Ask {
  return (chosen, request, options) =>
    callUnary(environment, chosen.path, chosen, request, options);
}
