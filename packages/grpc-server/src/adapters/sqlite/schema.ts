/** Numbered steps of the schema; step n brings a store from version n - 1 to n. Released steps never change. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;

  CREATE TABLE users (
    user_no INTEGER PRIMARY KEY,
    user_id TEXT NOT NULL UNIQUE,
    kind INTEGER NOT NULL,
    display_name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    username TEXT,
    avatar_media_id TEXT NOT NULL,
    status_text TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    suspended INTEGER NOT NULL,
    admin INTEGER NOT NULL,
    retired INTEGER NOT NULL,
    password_hash TEXT
  ) STRICT;
  CREATE UNIQUE INDEX users_live_name ON users (name_key) WHERE retired = 0;
  CREATE UNIQUE INDEX users_username ON users (username) WHERE username IS NOT NULL;

  CREATE TABLE blocks (
    blocker_id TEXT NOT NULL,
    blocked_id TEXT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
  ) WITHOUT ROWID, STRICT;

  CREATE TABLE sessions (
    session_no INTEGER PRIMARY KEY,
    session_id TEXT NOT NULL UNIQUE,
    user_id TEXT NOT NULL,
    client TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    last_used_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    confirmed INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_user ON sessions (user_id);
  CREATE INDEX sessions_expiry ON sessions (expires_ms);
  CREATE TABLE access_tokens (
    hash BLOB PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX access_tokens_session ON access_tokens (session_id);
  CREATE INDEX access_tokens_expiry ON access_tokens (expires_ms);
  CREATE TABLE refresh_tokens (
    hash BLOB PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id);

  CREATE TABLE rooms (
    room_id TEXT PRIMARY KEY,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    topic TEXT NOT NULL,
    code TEXT NOT NULL,
    password_hash TEXT,
    slow_mode_seconds INTEGER NOT NULL,
    guests_allowed INTEGER NOT NULL,
    archived INTEGER NOT NULL,
    creator_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    member_count INTEGER NOT NULL,
    owner_count INTEGER NOT NULL,
    head_seq INTEGER NOT NULL,
    head_hash BLOB NOT NULL,
    head_ms INTEGER NOT NULL,
    direct_key TEXT NOT NULL,
    request_id TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE UNIQUE INDEX rooms_code ON rooms (code) WHERE code <> '';
  CREATE UNIQUE INDEX rooms_public_name ON rooms (name_key) WHERE kind = 1;
  CREATE INDEX rooms_public_size ON rooms (member_count DESC, room_id) WHERE kind = 1;
  CREATE UNIQUE INDEX rooms_direct ON rooms (direct_key) WHERE direct_key <> '';
  CREATE UNIQUE INDEX rooms_request ON rooms (creator_id, request_id) WHERE request_id <> '';

  CREATE TABLE members (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role INTEGER NOT NULL,
    joined_ms INTEGER NOT NULL,
    join_seq INTEGER NOT NULL,
    muted_until_ms INTEGER,
    last_post_ms INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX members_user ON members (user_id);
  CREATE TABLE bans (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    until_ms INTEGER,
    PRIMARY KEY (room_id, user_id)
  ) WITHOUT ROWID, STRICT;

  CREATE TABLE entries (
    room_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    content BLOB NOT NULL,
    content_hash BLOB NOT NULL,
    hash BLOB NOT NULL,
    client_message_id TEXT,
    state BLOB,
    scrubbed INTEGER NOT NULL DEFAULT 0,
    comparable_hash BLOB,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
  ) WITHOUT ROWID, STRICT;
  CREATE UNIQUE INDEX entries_client_message ON entries (room_id, actor_id, client_message_id)
    WHERE client_message_id IS NOT NULL;
  CREATE TABLE edits (
    room_id TEXT NOT NULL,
    message_seq INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, message_seq, seq)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE mentions (
    room_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id, seq)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE votes (
    room_id TEXT NOT NULL,
    message_seq INTEGER NOT NULL,
    user_id TEXT NOT NULL,
    options TEXT NOT NULL,
    PRIMARY KEY (room_id, message_seq, user_id)
  ) WITHOUT ROWID, STRICT;
  CREATE TABLE invites (
    code TEXT PRIMARY KEY,
    room_id TEXT NOT NULL,
    creator_id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    max_uses INTEGER NOT NULL,
    uses INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX invites_room ON invites (room_id);
  `,
];
