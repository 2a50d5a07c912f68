import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { recall, remember } from '../../browser/remembered.ts';
import { useApp } from '../../store/app-store.ts';
import { parseCodeInput } from '../../store/code-input.ts';
import { codeWords, errorWords } from '../../store/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { useTask } from '../../ui/use-task.ts';
import { FrontPage } from './front-page.tsx';

type Mode = 'name' | 'code' | 'login';

/** The first page: one name and you are in. */
export function WelcomePage({ endedBy }: { readonly endedBy: string }) {
  const [mode, setMode] = useState<Mode>('name');
  const notice = endedBy === '' ? undefined : codeWords(endedBy);
  const foot = 'Messages stay on this server. No tracking, nothing from other sites.';
  if (mode === 'code') {
    return (
      <FrontPage
        title="Join with a code"
        lead="Type the code you were given, or paste the whole link."
        foot={foot}
      >
        <CodeForm onBack={() => setMode('name')} />
      </FrontPage>
    );
  }
  if (mode === 'login') {
    return (
      <FrontPage title="Welcome back" lead="Sign in with your account." foot={foot}>
        <LoginForm onBack={() => setMode('name')} />
      </FrontPage>
    );
  }
  return (
    <FrontPage
      title="What should we call you?"
      lead="Pick a name and start talking. No e-mail, no password."
      foot={foot}
    >
      {notice === undefined ? null : (
        <p className="front-notice" role="status">
          {notice}
        </p>
      )}
      <NameForm />
      <div className="front-more">
        <Button look="quiet" onClick={() => setMode('code')}>
          I have a code
        </Button>
        <Button look="quiet" onClick={() => setMode('login')}>
          Sign in
        </Button>
      </div>
    </FrontPage>
  );
}

function NameForm() {
  const app = useApp();
  const [name, setName] = useState(() => recall('name'));
  const { busy, error, setError, run } = useTask(errorWords);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const chosen = name.trim();
    if (chosen === '') return setError('Type a name first: anything your friends will recognise.');
    void run(async () => {
      remember('name', chosen);
      await app.backend.session.createGuest(chosen);
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <Field
        label="Your name"
        name="display-name"
        value={name}
        maxLength={64}
        autoFocus
        autoComplete="nickname"
        placeholder="Ana"
        error={error}
        hint="You can change it later."
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Button look="primary" type="submit" wide busy={busy}>
        Start chatting
      </Button>
    </form>
  );
}

function CodeForm({ onBack }: { readonly onBack: () => void }) {
  const [, go] = useLocation();
  const [code, setCode] = useState('');
  const [error, setError] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const parsed = parseCodeInput(code);
    if (parsed === '') setError('Type the code first: it looks like K7F 3QX.');
    else go(`/j/${encodeURIComponent(parsed)}`);
  };
  return (
    <form onSubmit={submit} className="stack">
      <Field
        label="Room code"
        name="code"
        look="code"
        value={code}
        autoFocus
        autoCapitalize="characters"
        spellCheck={false}
        placeholder="K7F 3QX"
        error={error}
        hint="Spaces, dashes and small letters do not matter."
        onInput={(event) => setCode(event.currentTarget.value)}
      />
      <Button look="primary" type="submit" wide>
        Find the room
      </Button>
      <Button look="quiet" wide onClick={onBack}>
        Back
      </Button>
    </form>
  );
}

function LoginForm({ onBack }: { readonly onBack: () => void }) {
  const app = useApp();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const { busy, error, run } = useTask(errorWords);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void run(() => app.backend.session.login(username.trim().toLowerCase(), password));
  };
  return (
    <form onSubmit={submit} className="stack">
      <Field
        label="User name"
        name="username"
        value={username}
        required
        autoFocus
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        onInput={(event) => setUsername(event.currentTarget.value)}
      />
      <Field
        label="Password"
        name="password"
        type="password"
        value={password}
        required
        autoComplete="current-password"
        error={error}
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      <Button look="primary" type="submit" wide busy={busy}>
        Sign in
      </Button>
      <Button look="quiet" wide onClick={onBack}>
        Back
      </Button>
    </form>
  );
}
