import { Lock, Users } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { recall, remember } from '../../browser/remembered.ts';
import { useApp, useMe } from '../../store/app-store.ts';
import { BackendError } from '../../store/backend.ts';
import { parseCodeInput, spellCode } from '../../store/code-input.ts';
import { errorWords, joinErrorWords } from '../../store/error-words.ts';
import type { PreviewView } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { useTask } from '../../ui/use-task.ts';
import { FrontPage } from './front-page.tsx';

type Found =
  | { readonly kind: 'loading' }
  | { readonly kind: 'found'; readonly preview: PreviewView }
  | { readonly kind: 'failed'; readonly words: string; readonly retry: boolean };

/** `/j/CODE`: what is behind the code, and the way in. */
export function JoinPage({ code: typed }: { readonly code: string }) {
  const app = useApp();
  const [, go] = useLocation();
  const code = parseCodeInput(typed);
  const [found, setFound] = useState<Found>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let wanted = true;
    setFound({ kind: 'loading' });
    app.backend.rooms.preview(code).then(
      (preview) => {
        if (wanted) setFound({ kind: 'found', preview });
      },
      (error: unknown) => {
        const retry = !(error instanceof BackendError && error.code === 'NOT_FOUND');
        if (wanted) setFound({ kind: 'failed', words: joinErrorWords(error), retry });
      },
    );
    return () => {
      wanted = false;
    };
  }, [app, code, attempt]);
  if (found.kind === 'loading') {
    return (
      <FrontPage title="Looking for the room" lead={`Code ${spellCode(code)}`}>
        <div className="skeleton skeleton-card" role="status" aria-label="Loading" />
      </FrontPage>
    );
  }
  if (found.kind === 'failed') {
    return (
      <FrontPage title="This code opens no room" lead={found.words}>
        <div className="stack">
          {found.retry ? (
            <Button look="primary" wide onClick={() => setAttempt(attempt + 1)}>
              Try again
            </Button>
          ) : null}
          <Button look={found.retry ? 'quiet' : 'primary'} wide onClick={() => go('/')}>
            Go to the start page
          </Button>
        </div>
      </FrontPage>
    );
  }
  return <Invitation code={code} preview={found.preview} />;
}

function Invitation({ code, preview }: { readonly code: string; readonly preview: PreviewView }) {
  const app = useApp();
  const me = useMe();
  const [, go] = useLocation();
  const [name, setName] = useState(() => recall('name'));
  const [password, setPassword] = useState('');
  const [nameError, setNameError] = useState('');
  const { busy, error, run } = useTask(joinErrorWords);
  const lead =
    preview.invitedBy === ''
      ? 'You are invited to this room.'
      : `${preview.invitedBy} invites you to this room.`;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setNameError('');
    void run(async () => {
      if (me === undefined) {
        const chosen = name.trim();
        if (chosen === '') return setNameError('Type a name first.');
        remember('name', chosen);
        try {
          await app.backend.session.createGuest(chosen);
        } catch (caught) {
          return setNameError(errorWords(caught));
        }
      }
      go(`/r/${await app.backend.rooms.join({ code }, password)}`, { replace: true });
    });
  };
  return (
    <FrontPage title={preview.name} lead={lead}>
      <div className="invitation">
        <Avatar id={preview.name} name={preview.name} size={64} />
        <p className="invitation-facts">
          <Users size={16} aria-hidden="true" />
          {preview.memberCount === 1 ? '1 member' : `${preview.memberCount} members`}
          {preview.hasPassword ? (
            <>
              <Lock size={16} aria-hidden="true" /> password
            </>
          ) : null}
        </p>
        {preview.topic === '' ? null : <p className="invitation-topic">{preview.topic}</p>}
      </div>
      <form onSubmit={submit} className="stack">
        {me === undefined ? (
          <Field
            label="Your name"
            name="display-name"
            value={name}
            maxLength={64}
            autoFocus
            autoComplete="nickname"
            error={nameError}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        ) : null}
        {preview.hasPassword ? (
          <Field
            label="Room password"
            name="room-password"
            type="password"
            value={password}
            autoFocus={me !== undefined}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        ) : null}
        {error === undefined ? null : (
          <p className="field-note is-error" role="alert">
            {error}
          </p>
        )}
        <Button look="primary" type="submit" wide busy={busy}>
          {me === undefined ? 'Join' : `Join as ${me.name}`}
        </Button>
        {me === undefined ? null : (
          <Button look="quiet" wide onClick={() => go('/')}>
            Not now
          </Button>
        )}
      </form>
    </FrontPage>
  );
}
