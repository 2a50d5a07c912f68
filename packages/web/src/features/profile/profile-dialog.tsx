import { LogOut } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { remember } from '../../browser/remembered.ts';
import { chooseTheme, readTheme } from '../../browser/theme.ts';
import { useApp, useMe } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import type { Me } from '../../store/model.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useTask } from '../../ui/use-task.ts';
import { codePoints } from '../composer/composer-rules.ts';

const MIN_PASSWORD_LENGTH = 15;

/** Oneself: name, looks, account, the way out. */
export function ProfileDialog() {
  const app = useApp();
  const me = useMe();
  const [theme, setTheme] = useState(readTheme);
  if (me === undefined) return null;
  return (
    <Dialog title="You" onClose={app.closeDialog}>
      <NameSection me={me} />
      <Choice
        legend="Theme"
        value={theme}
        onChange={(choice) => {
          chooseTheme(choice);
          setTheme(choice);
        }}
        options={[
          { value: 'system', label: 'System' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      {me.guest ? <AccountSection me={me} /> : null}
      <SignOutSection me={me} />
    </Dialog>
  );
}

function NameSection({ me }: { readonly me: Me }) {
  const app = useApp();
  const [name, setName] = useState(me.name);
  const { busy, error, run } = useTask(errorWords);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = name.trim();
    if (chosen === '' || chosen === me.name) return;
    void run(async () => {
      await app.backend.session.rename(chosen);
      remember('name', chosen);
      app.toast(`You are ${chosen} now.`, { tone: 'good' });
    });
  };
  return (
    <form onSubmit={submit} className="profile-name">
      <Avatar id={me.id} name={name} size={64} />
      <Field
        label="Name"
        value={name}
        maxLength={64}
        data-autofocus
        error={error}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" busy={busy} disabled={name.trim() === '' || name.trim() === me.name}>
        Rename
      </Button>
    </form>
  );
}

function AccountSection({ me }: { readonly me: Me }) {
  const app = useApp();
  const [open, setOpen] = useState(false);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, setError, run } = useTask(errorWords);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (codePoints(password) < MIN_PASSWORD_LENGTH)
      return setError('The password needs 15 characters or more: three or four words do well.');
    void run(async () => {
      await app.backend.session.register(username.trim().toLowerCase(), password, me.name);
      app.toast('Your account is ready. Rooms and messages stay yours.', { tone: 'good' });
    });
  };
  if (!open) {
    return (
      <section className="dialog-section" aria-label="Account">
        <div>
          <strong>You are a guest</strong>
          <p className="field-note">Make an account to keep your name and rooms on every device.</p>
        </div>
        <Button look="primary" onClick={() => setOpen(true)}>
          Create account
        </Button>
      </section>
    );
  }
  return (
    <form onSubmit={submit} className="stack dialog-block">
      <Field
        label="User name"
        value={username}
        required
        autoFocus
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        pattern="[A-Za-z0-9][A-Za-z0-9._\-]{2,31}"
        hint="3 to 32 letters, digits, dots or dashes."
        onInput={(event) => setUsername(event.currentTarget.value)}
      />
      <Field
        label="Password"
        type="password"
        value={password}
        required
        maxLength={128}
        autoComplete="new-password"
        error={error}
        hint="15 characters or more: three or four words do well."
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <div className="dialog-actions">
        <Button onClick={() => setOpen(false)}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy}>
          Create account
        </Button>
      </div>
    </form>
  );
}

function SignOutSection({ me }: { readonly me: Me }) {
  const app = useApp();
  const [, go] = useLocation();
  const [sure, setSure] = useState(false);
  const { busy, error, run } = useTask(errorWords);
  const signOut = (): void => {
    if (me.guest && !sure) return setSure(true);
    void run(async () => {
      await app.backend.session.signOut();
      go('/');
    });
  };
  return (
    <section className="dialog-section" aria-label="Sign out">
      <p className="field-note">
        {error ??
          (me.guest
            ? 'A guest who signs out cannot come back as the same person.'
            : `Signed in as @${me.username}.`)}
      </p>
      <Button look="danger" busy={busy} onClick={signOut}>
        <LogOut size={16} aria-hidden="true" /> {sure ? 'Really sign out' : 'Sign out'}
      </Button>
    </section>
  );
}
