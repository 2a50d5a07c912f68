/** Where an error comes from; decides the exit code. */
export type CliErrorKind = 'unreachable' | 'refused' | 'fault';

/** The one error of the chat port. `message` is for people. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly kind: CliErrorKind;
  /** Name in the error table, such as `WRONG_PASSWORD`. */
  readonly code: string;

  constructor(kind: CliErrorKind, code: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
    this.code = code;
  }
}
