import { Hash, Lock, RefreshCw } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useLocation } from 'wouter';
import { useApp, useAppState } from '../../store/app-store.ts';
import type { RoomChange } from '../../store/backend.ts';
import { spellCode } from '../../store/code-input.ts';
import { errorWords } from '../../store/error-words.ts';
import type { RoomView } from '../../store/model.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { useTask } from '../../ui/use-task.ts';

/** What an owner can change. */
export function RoomSettingsDialog({ roomId }: { readonly roomId: string }) {
  const app = useApp();
  const room = useAppState((state) => state.rooms.find(({ id }) => id === roomId));
  if (room === undefined) return null;
  return (
    <Dialog title="Room settings" onClose={app.closeDialog}>
      <SettingsForm room={room} />
      <CodeSection room={room} />
      <DeleteSection room={room} />
    </Dialog>
  );
}

function SettingsForm({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const [name, setName] = useState(room.name);
  const [topic, setTopic] = useState(room.topic);
  const [kind, setKind] = useState<'public' | 'private'>(
    room.kind === 'private' ? 'private' : 'public',
  );
  const [password, setPassword] = useState('');
  const [dropPassword, setDropPassword] = useState(false);
  const { busy, error, run } = useTask(errorWords);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const change: RoomChange = {
      ...(name.trim() === room.name ? {} : { name: name.trim() }),
      ...(topic.trim() === room.topic ? {} : { topic: topic.trim() }),
      ...(kind === room.kind ? {} : { kind }),
      ...(dropPassword ? { password: '' } : password === '' ? {} : { password }),
    };
    void run(async () => {
      if (Object.keys(change).length > 0) await app.backend.rooms.update(room.id, change);
      app.closeDialog();
      app.toast('Settings saved.', { tone: 'good' });
    });
  };
  return (
    <form onSubmit={submit} className="stack">
      <Field
        label="Name"
        value={name}
        maxLength={80}
        data-autofocus
        error={error}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Field
        label="Topic"
        value={topic}
        maxLength={250}
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
        label={room.hasPassword ? 'New password' : 'Password'}
        type="password"
        value={password}
        maxLength={128}
        disabled={dropPassword}
        autoComplete="new-password"
        hint={
          room.hasPassword
            ? 'Leave empty to keep the password of now.'
            : 'Optional: asked of everyone who joins.'
        }
        onInput={(event) => setPassword(event.currentTarget.value)}
      />
      {room.hasPassword ? (
        <label className="check">
          <input
            type="checkbox"
            checked={dropPassword}
            onChange={(event) => setDropPassword(event.currentTarget.checked)}
          />
          Let people in without a password
        </label>
      ) : null}
      <div className="dialog-actions">
        <Button onClick={app.closeDialog}>Cancel</Button>
        <Button look="primary" type="submit" busy={busy}>
          Save
        </Button>
      </div>
    </form>
  );
}

function CodeSection({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const { busy, error, run } = useTask(errorWords);
  const rotate = (): void => {
    void run(async () => {
      const code = await app.backend.rooms.rotateCode(room.id);
      app.toast(`The new code is ${spellCode(code)}. The old one stopped working.`, {
        tone: 'good',
      });
    });
  };
  return (
    <section className="dialog-section" aria-label="Code">
      <div>
        <strong>Code {spellCode(room.code)}</strong>
        <p className="field-note">
          {error ?? 'A new code makes the old link useless. Members stay.'}
        </p>
      </div>
      <Button busy={busy} onClick={rotate}>
        <RefreshCw size={16} aria-hidden="true" /> New code
      </Button>
    </section>
  );
}

function DeleteSection({ room }: { readonly room: RoomView }) {
  const app = useApp();
  const [, go] = useLocation();
  const [sure, setSure] = useState(false);
  const { busy, error, run } = useTask(errorWords);
  const remove = (): void => {
    if (!sure) return setSure(true);
    void run(async () => {
      await app.backend.rooms.remove(room.id);
      app.closeDialog();
      go('/');
    });
  };
  return (
    <section className="dialog-section" aria-label="Delete">
      <div>
        <strong>Delete this room</strong>
        <p className="field-note">{error ?? 'All its messages are gone for everyone, for good.'}</p>
      </div>
      <Button look="danger" busy={busy} onClick={remove}>
        {sure ? 'Really delete' : 'Delete'}
      </Button>
    </section>
  );
}
