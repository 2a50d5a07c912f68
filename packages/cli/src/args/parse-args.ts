import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { ExitCode } from './exit-codes.ts';
import { parseRoom, type RoomTarget } from './room-target.ts';
import { parseServer, type ServerAddress } from './server-address.ts';

/** What the command line asks for. */
export interface ChatOptions {
  readonly name: string;
  readonly room: RoomTarget;
  readonly server: ServerAddress;
  /** Password of the room; undefined = none given. */
  readonly password: string | undefined;
  readonly json: boolean;
  /** Stay after the end of a piped input. */
  readonly follow: boolean;
  /** Entries shown at the start. */
  readonly historyCount: number;
}

/** Options, or a text to print instead. */
export type ParsedArgs =
  | { readonly kind: 'run'; readonly options: ChatOptions }
  | {
      readonly kind: 'stop';
      readonly exitCode: ExitCode;
      readonly stdout: string;
      readonly stderr: string;
    };

/** The room of the first five-minute demo, as in other clients of its kind. */
const DEFAULT_ROOM = 'general';
const DEFAULT_SERVER = 'localhost:50051';
const DEFAULT_HISTORY = 20;
/** One page of the log. */
const MAX_HISTORY = 100;

const EXIT_CODES = `
Exit codes:
  0 ended as wanted; every piped line was accepted   4 refused (password, name taken, ban, no such code)
  1 fault of the program                             5 a line was not accepted
  2 wrong command line                               6 removed from the room, or session ended
  3 server not reachable                             130 Ctrl+C

Examples:
  chat Alice                                         the room "general" on localhost:50051
  chat Alice welcome ws://localhost:8080             through the gateway
  chat Alice https://chat.example/j/K7QM2XPA wss://chat.example --password secret
  echo "build is green" | chat ci builds             sends, waits for the commit, ends
  chat tail general --follow --json </dev/null | jq  every event as JSON
`;

/** Reads the command line and the environment. Prints nothing. */
export function parseArgs(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): ParsedArgs {
  let stdout = '';
  let stderr = '';
  let options: ChatOptions | undefined;
  const command = new Command('chat')
    .description('Chat in the terminal.')
    .argument('<name>', 'your name')
    .argument('[room]', 'public room (made if missing), short code or /j/ link', readRoom)
    .argument('[server]', 'host:port or grpc://… (gRPC); ws://…, http://… (gateway)', readServer)
    .option('-p, --password <password>', 'password of the room (better: CHAT_ROOM_PASSWORD)')
    .option('--json', 'one JSON object for each event', false)
    .option('--follow', 'stay after the end of a piped input', false)
    .option(
      '--history <count>',
      `entries shown at the start, 0-${MAX_HISTORY}`,
      readCount,
      DEFAULT_HISTORY,
    )
    .version(version, '-V, --version')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(chat --help tells more)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        stdout += text;
      },
      writeErr: (text) => {
        stderr += text;
      },
    })
    .action(
      (
        name: string,
        room: RoomTarget | undefined,
        server: ServerAddress | undefined,
        flags: Flags,
      ) => {
        options = {
          name,
          room: room ?? readRoom(DEFAULT_ROOM),
          server: server ?? readServer(env['CHAT_SERVER'] ?? DEFAULT_SERVER),
          password: flags.password ?? env['CHAT_ROOM_PASSWORD'],
          json: flags.json,
          follow: flags.follow,
          historyCount: flags.history,
        };
      },
    );
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander ends with 0 after --help and --version and with 1 after a fault.
    const exitCode = error.exitCode === 0 ? ExitCode.OK : ExitCode.USAGE;
    return {
      kind: 'stop',
      exitCode,
      stdout,
      stderr: stderr || (exitCode === ExitCode.OK ? '' : `${error.message}\n`),
    };
  }
  if (options === undefined) throw new Error('commander ran no action');
  return { kind: 'run', options };
}

interface Flags {
  readonly password?: string;
  readonly json: boolean;
  readonly follow: boolean;
  readonly history: number;
}

function readRoom(text: string): RoomTarget {
  const room = parseRoom(text);
  if (room === undefined)
    throw new InvalidArgumentError('A room has a name, a short code or a link.');
  return room;
}

function readServer(text: string): ServerAddress {
  const server = parseServer(text);
  if (server === undefined)
    throw new InvalidArgumentError('Give host:port, grpc://…, ws://… or http://….');
  return server;
}

function readCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 0 || count > MAX_HISTORY) {
    throw new InvalidArgumentError(`A number from 0 to ${MAX_HISTORY}.`);
  }
  return count;
}
