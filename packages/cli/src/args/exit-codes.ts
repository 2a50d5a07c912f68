/** Exit codes of `chat`; `--help` lists them. */
export const ExitCode = {
  /** The chat ended as wanted; every line of a pipe was accepted. */
  OK: 0,
  /** A fault of the program. */
  FAULT: 1,
  /** The command line is wrong. */
  USAGE: 2,
  /** The server did not answer in time. */
  UNREACHABLE: 3,
  /** The server said no: wrong password, name taken, banned, no such code. */
  REFUSED: 4,
  /** At least one line was not accepted. */
  NOT_SENT: 5,
  /** Removed from the room, or the session was ended by the server. */
  ENDED: 6,
  /** Ctrl+C or SIGTERM. */
  INTERRUPTED: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
