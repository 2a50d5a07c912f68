import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../../browser/clipboard.ts';
import { useApp, useAppState } from '../../store/app-store.ts';
import { spellCode } from '../../store/code-input.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';

/** The ways to bring somebody in: a link, a code to read aloud, a picture to scan. */
export function ShareDialog({ roomId }: { readonly roomId: string }) {
  const app = useApp();
  const room = useAppState((state) => state.rooms.find(({ id }) => id === roomId));
  if (room === undefined || room.code === '') return null;
  const link = `${location.origin}/j/${room.code}`;
  return (
    <Dialog title={`Invite people to ${room.name}`} onClose={app.closeDialog}>
      <div className="share">
        <QrCode text={link} />
        <div className="share-text">
          <p className="share-label" id="share-code">
            Code
          </p>
          <p className="share-code" aria-labelledby="share-code">
            {spellCode(room.code)}
          </p>
          <CopyButton label="Copy code" text={room.code} />
        </div>
      </div>
      <label className="share-link">
        <span className="share-label">Link</span>
        <input
          className="input"
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
      </label>
      <div className="dialog-actions">
        <Button onClick={app.closeDialog}>Done</Button>
        <CopyButton label="Copy link" text={link} primary />
      </div>
      {room.hasPassword ? <p className="field-note">They also need the room's password.</p> : null}
    </Dialog>
  );
}

function CopyButton(props: {
  readonly label: string;
  readonly text: string;
  readonly primary?: boolean;
}) {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    setCopied(await copyText(props.text));
  };
  return (
    <Button
      look={props.primary === true ? 'primary' : 'plain'}
      data-autofocus={props.primary}
      onClick={() => void copy()}
    >
      {copied ? <Check size={16} aria-hidden="true" /> : <Copy size={16} aria-hidden="true" />}
      <span aria-live="polite">{copied ? 'Copied' : props.label}</span>
    </Button>
  );
}

function QrCode({ text }: { readonly text: string }) {
  const [path, setPath] = useState<{ readonly size: number; readonly d: string } | undefined>(
    undefined,
  );
  useEffect(() => {
    let wanted = true;
    void import('./qr-path.ts').then(({ qrPath }) => {
      if (wanted) setPath(qrPath(text));
    });
    return () => {
      wanted = false;
    };
  }, [text]);
  if (path === undefined) return <span className="qr skeleton" />;
  return (
    <svg
      className="qr"
      viewBox={`-2 -2 ${path.size + 4} ${path.size + 4}`}
      role="img"
      aria-label="QR code of the link"
    >
      <path d={path.d} />
    </svg>
  );
}
