import { X } from 'lucide-react';
import { useEffect } from 'react';
import { useApp, useAppState } from '../store/app-store.ts';
import type { ToastView } from '../store/state.ts';
import { IconButton } from './button.tsx';

const TOAST_TIME_MS = 6_000;

/** Short messages at the edge of the page; spoken politely. */
export function Toasts() {
  const toasts = useAppState((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <Toast key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Toast({ toast }: { readonly toast: ToastView }) {
  const app = useApp();
  useEffect(() => {
    const timer = setTimeout(() => app.dismissToast(toast.id), TOAST_TIME_MS);
    return () => clearTimeout(timer);
  }, [app, toast.id]);
  const { action } = toast;
  return (
    <div className={`toast toast-${toast.tone}`}>
      <p>{toast.text}</p>
      {action === undefined ? null : (
        <button
          type="button"
          className="link-button"
          onClick={() => {
            app.dismissToast(toast.id);
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <IconButton label="Dismiss" onClick={() => app.dismissToast(toast.id)}>
        <X size={16} />
      </IconButton>
    </div>
  );
}
