import {
  CreateGuestRequest,
  CreateGuestResponse,
  LoginRequest,
  LoginResponse,
  PreviewRoomRequest,
  PreviewRoomResponse,
} from '@chat/protocol';

// The three methods of the first page, without the rest of their services: the first page is to be light.

export const ENTRY_AUTH = {
  fullName: 'chat.v1.AuthService',
  methods: {
    createGuest: {
      name: 'CreateGuest',
      requestType: CreateGuestRequest,
      requestStream: false,
      responseType: CreateGuestResponse,
      responseStream: false,
    },
    login: {
      name: 'Login',
      requestType: LoginRequest,
      requestStream: false,
      responseType: LoginResponse,
      responseStream: false,
    },
  },
} as const;

export const ENTRY_ROOMS = {
  fullName: 'chat.v1.RoomService',
  methods: {
    previewRoom: {
      name: 'PreviewRoom',
      requestType: PreviewRoomRequest,
      requestStream: false,
      responseType: PreviewRoomResponse,
      responseStream: false,
    },
  },
} as const;
