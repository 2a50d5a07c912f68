/** Hard numbers of the protocol. Servers may be configured to less, never to more. */
export const LIMITS = Object.freeze({
  /** Largest WebSocket message. Chat fits many times over; a slow phone still takes it in a second. */
  maxFrameBytes: 65_536,
  /** Largest request message of an ordinary method: one frame. */
  maxRequestBytes: 65_536,
  /** Largest piece of an upload: a chunk of 64 KiB and its envelope. */
  maxMediaRequestBytes: 131_072,
  /** What the server's gRPC door takes at most; a relay link sends batches and is allowed more. */
  maxGrpcReceiveBytes: 262_144,
  /** What the server's gRPC door sends at most, and the size of one relay batch. */
  maxGrpcSendBytes: 4_194_304,
  /** Records of one relay batch. */
  maxRelayRecords: 10_000,
  /** Nesting of one message; the schema needs five. */
  maxMessageDepth: 16,
  /** Nesting of protobuf JSON, where Value is recursive. */
  maxJsonDepth: 100,
  /** Elements of one repeated field in a request. */
  maxRepeated: 100,
  /** Metadata of one call, names and values together. */
  maxMetadataBytes: 8_192,
  /** Metadata entries of one call. */
  maxMetadataEntries: 64,
  /** Open calls of one socket; equals the server's max_concurrent_streams. */
  maxConcurrentCalls: 100,
  /** Frames held behind Hello until the token is checked. */
  maxPipelinedFrames: 16,
  /** Bytes held behind Hello until the token is checked. */
  maxPipelinedBytes: 65_536,
  /** Hello must come within this time. */
  helloTimeoutMs: 5_000,
  /** The gateway pings after this long a silence; below the idle timeout of common proxies (30-60 s). */
  heartbeatMs: 25_000,
  /** Pings in a row that may stay unanswered. */
  maxMissedPongs: 2,
  /** A client gives a connection up after this many heartbeats without any frame. */
  clientSilenceHeartbeats: 2.5,
  /** Credit of a direction that nobody has chosen. */
  initialCredit: 65_536,
  /** What a frame costs beyond its bytes, so that empty frames are not free. */
  frameOverheadBytes: 64,
  /** Overruns of a request window before the socket is closed (4507). */
  maxFlowViolations: 3,
  /** What the gateway reads ahead of a slow reader, for each call. */
  maxCallQueueBytes: 262_144,
  /** Outbox of a socket, and queue of a gRPC stream: a slow reader costs no more. */
  maxOutboxBytes: 1_048_576,
  /** Outbox of a socket in frames. */
  maxOutboxFrames: 1_000,
  /** A queue that does not move for this long belongs to a dead reader. */
  slowReaderMs: 10_000,
  /** Unary deadline at the bridge when the client names none. */
  defaultUnaryTimeoutMs: 30_000,
  /** Largest unary deadline at the bridge. */
  maxUnaryTimeoutMs: 300_000,
  /** Largest deadline of a stream at the bridge. */
  maxStreamTimeoutMs: 86_400_000,
  /** Unary deadline at the gRPC door when the client names none. */
  defaultGrpcDeadlineMs: 10_000,
  /** Largest unary deadline at the gRPC door. */
  maxGrpcDeadlineMs: 60_000,
  /** First wait before a reconnect after the immediate try; doubles, with full jitter. */
  reconnectBaseMs: 250,
  /** Largest wait before a reconnect. */
  reconnectMaxMs: 20_000,
  /** AuthState{refresh} is sent at this part of the token's life. */
  authRefreshFraction: 0.8,
  /** Sockets of one user. */
  maxSocketsPerUser: 10,
  /** Sockets of one address. */
  maxSocketsPerAddress: 50,
  /** Rooms in one Subscribe. */
  maxRoomsPerSubscribe: 100,
  /** Rooms of one chat stream. */
  maxSubscribedRooms: 1_000,
  /** Message text, in code points. */
  maxTextCodePoints: 4_000,
  /** Message text, in UTF-8 bytes. */
  maxTextBytes: 16_384,
  /** Display names, in code points. */
  maxDisplayNameCodePoints: 64,
  /** Room names, in code points. */
  maxRoomNameCodePoints: 80,
  /** Topics and reasons, in code points. */
  maxTopicCodePoints: 250,
  /** Reasons of reports, in code points. */
  maxReportReasonCodePoints: 500,
  /** Status text beside a name, in code points. */
  maxStatusTextCodePoints: 80,
  /** Combining marks in a row in a name: enough for every script, too few to climb over the line above. */
  maxCombiningMarks: 8,
  /** One emoji sequence, in bytes: the longest family fits. */
  maxEmojiBytes: 64,
  /** Attachments of one message. */
  maxAttachments: 10,
  /** Name of a file, in bytes. */
  maxFileNameBytes: 255,
  /** Size of a file. */
  maxMediaBytes: 10_485_760,
  /** Piece of an upload or download. */
  maxMediaChunkBytes: 65_536,
  /** Mentions that one message can make. */
  maxMentions: 50,
  /** Entries of one history page. */
  maxPageEntries: 100,
  /** Entries of a history page when the client names no number. */
  defaultPageEntries: 50,
  /** Search text, in bytes. */
  maxQueryBytes: 256,
  /** Search text, in terms. */
  maxQueryTerms: 10,
  /** Question of a poll, in code points. */
  maxPollQuestionCodePoints: 300,
  /** Answer of a poll, in code points. */
  maxPollOptionCodePoints: 100,
  /** Answers of a poll. */
  minPollOptions: 2,
  /** Answers of a poll. */
  maxPollOptions: 10,
  /** Passwords of accounts, in code points. */
  minPasswordCodePoints: 15,
  /** Passwords of accounts, in code points. */
  maxPasswordCodePoints: 128,
  /** Passwords in bytes; checked before any hashing. */
  maxPasswordBytes: 1_024,
  /** Passwords of rooms, in code points. */
  maxRoomPasswordCodePoints: 128,
  /** Slow mode: six hours. */
  maxSlowModeSeconds: 21_600,
  /** Life of an access token. */
  accessTokenMs: 600_000,
  /** Life of a refresh token. */
  refreshTokenMs: 2_592_000_000,
  /** Symbols of a short code: 40 bits, rate-limited. */
  roomCodeLength: 8,
  /** Typing is sent again at most this often for a room. */
  typingIntervalMs: 3_000,
  /** Typing is forgotten after this long. */
  typingExpiryMs: 6_000,
  /** A user stays online this long after a lost connection. */
  presenceGraceMs: 8_000,
  /** UTF-8 bytes of a WebSocket close reason (RFC 6455). */
  maxCloseReasonBytes: 123,
});
