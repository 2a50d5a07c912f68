import type { ResyncReason, RoomClosedReason, User } from '@chat/protocol';
import type { ChatClientError } from '../errors.ts';
import type { ConnectionStatus } from './connection-api.ts';
import type { MessageItem, NoticeItem } from './message-api.ts';
import type { RoomView } from './rooms-api.ts';
import type { PresenceView } from './timeline-api.ts';

/** Something that happened, for programs that react rather than draw. */
export type ChatEvent =
  | { readonly type: 'status'; readonly status: ConnectionStatus }
  | { readonly type: 'ready'; readonly user: User; readonly sessionId: string }
  /** A message of anyone, live or caught up, in order; never from older pages. */
  | { readonly type: 'message'; readonly roomId: string; readonly item: MessageItem }
  | { readonly type: 'messageChanged'; readonly roomId: string; readonly item: MessageItem }
  | { readonly type: 'notice'; readonly roomId: string; readonly item: NoticeItem }
  | { readonly type: 'roomAdded'; readonly room: RoomView }
  | { readonly type: 'roomClosed'; readonly roomId: string; readonly reason: RoomClosedReason }
  | { readonly type: 'resync'; readonly roomId: string; readonly reason: ResyncReason }
  | {
      readonly type: 'typing';
      readonly roomId: string;
      readonly userId: string;
      readonly displayName: string;
      readonly typing: boolean;
    }
  | { readonly type: 'presence'; readonly roomId: string; readonly presence: PresenceView }
  | {
      readonly type: 'sendFailed';
      readonly roomId: string;
      readonly clientMessageId: string;
      readonly error: ChatClientError;
    };
