import { Hash, Lock } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp } from '../../store/app-store.ts';
import { errorWords } from '../../store/error-words.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useTask } from '../../ui/use-task.ts';

/** Makes a room and leads into it, with the way to share it open. */
export function CreateRoomDialog() {
  const app = useApp();
  const [, go] = useLocation();
  const [name, setName] = useState('');
  const [topic, setTopic] = useState('');
  const [kind, setKind] = useState<'public' | 'private'>('public');
  const [password, setPassword] = useState('');
  const { busy, error, setError, run } = useTask(errorWords);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() === '') return setError('Give the room a name first.');
    void run(async () => {
      const roomId = await app.backend.rooms.create({
        name: name.trim(),
        topic: topic.trim(),
        kind,
        password,
      });
      go(`/r/${roomId}`);
      app.openDialog({ kind: 'share', roomId });
    });
  };
  return (
    <Dialog title="Create a room" onClose={app.closeDialog}>
      <form onSubmit={submit} className="stack">
        <Field
          label="Name"
          value={name}
          maxLength={80}
          data-autofocus
          placeholder="Book club"
          error={error}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Field
          label="Topic"
          value={topic}
          maxLength={250}
          placeholder="What is it about? (optional)"
          onInput={(event) => setTopic(event.currentTarget.value)}
        />
        <Choice
          legend="Who can find it"
          value={kind}
          onChange={setKind}
          options={[
            {
              value: 'public',
              label: 'Public',
              note: 'Listed for everyone',
              icon: <Hash size={18} />,
            },
            {
              value: 'private',
              label: 'Private',
              note: 'Only with its code',
              icon: <Lock size={18} />,
            },
          ]}
        />
        <Field
          label="Password"
          type="password"
          value={password}
          maxLength={128}
          autoComplete="new-password"
          hint="Optional: asked of everyone who joins."
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        <div className="dialog-actions">
          <Button onClick={app.closeDialog}>Cancel</Button>
          <Button look="primary" type="submit" busy={busy}>
            Create room
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
