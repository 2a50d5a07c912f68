import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp } from '../../store/app-store.ts';
import { parseCodeInput } from '../../store/code-input.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';

/** Takes a code or a whole link and leads to its invitation. */
export function JoinCodeDialog() {
  const app = useApp();
  const [, go] = useLocation();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const code = parseCodeInput(typed);
    if (code === '') return setError('Type the code first: it looks like K7F 3QX.');
    app.closeDialog();
    go(`/j/${encodeURIComponent(code)}`);
  };
  return (
    <Dialog title="Join with a code" onClose={app.closeDialog}>
      <form onSubmit={submit} className="stack">
        <Field
          label="Room code or link"
          look="code"
          value={typed}
          data-autofocus
          autoCapitalize="characters"
          spellCheck={false}
          placeholder="K7F 3QX"
          error={error}
          hint="Spaces, dashes and small letters do not matter."
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button onClick={app.closeDialog}>Cancel</Button>
          <Button look="primary" type="submit">
            Find the room
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
