import { type ComponentType, type ReactNode, useEffect, useState } from 'react';
import { useAppState } from '../store/app-store.ts';
import type { DialogView } from '../store/state.ts';

/** The dialog that is open. All of them are one chunk that is fetched when the first is opened. */
export function Dialogs() {
  const dialog = useAppState((state) => state.dialog);
  const [Loaded, setLoaded] = useState<
    { readonly show: ComponentType<{ dialog: DialogView }> } | undefined
  >(undefined);
  const wanted = dialog !== undefined;
  useEffect(() => {
    if (!wanted || Loaded !== undefined) return;
    void import('./open-dialog.tsx').then(({ OpenDialog }) => setLoaded({ show: OpenDialog }));
  }, [wanted, Loaded]);
  let shown: ReactNode = null;
  if (dialog !== undefined && Loaded !== undefined) shown = <Loaded.show dialog={dialog} />;
  return shown;
}
