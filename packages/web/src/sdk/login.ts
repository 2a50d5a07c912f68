import { ChatClientError } from '@chat/client';
import type { Session, User } from '@chat/protocol';

/** A fresh login: who, and the tokens. */
export type Login = { readonly user: User; readonly session: Session };

/** The login in an answer; the server always sends both halves. */
export function toLogin(answer: {
  readonly user: User | undefined;
  readonly session: Session | undefined;
}): Login {
  const { user, session } = answer;
  if (user === undefined || session === undefined)
    throw new ChatClientError('INTERNAL', { message: 'the answer holds no session' });
  return { user, session };
}
