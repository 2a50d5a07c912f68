// Reads are idempotent by name; these writes say so in the schema: the second call finds the work done.
// CreateRoom and UploadMedia are absent: without a request_id a retry makes a second room or file.
const READ = /^(Get|BatchGet|List|Search|Preview|Download|Export)/;
const IDEMPOTENT_WRITES: ReadonlySet<string> = new Set([
  'RefreshSession',
  'Logout',
  'RevokeSession',
  'JoinRoom',
  'LeaveRoom',
  'OpenDirect',
  'SendMessage',
  'SetReaction',
  'SetPin',
  'VotePoll',
  'MarkRead',
  'BlockUser',
  'UnblockUser',
  'DeleteMessage',
]);

/** True when a repeat of the method with the same request has the effect of one call. */
export function isIdempotentMethod(name: string): boolean {
  return READ.test(name) || IDEMPOTENT_WRITES.has(name);
}
