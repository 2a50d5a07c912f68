import { type ComponentType, useEffect, useState } from 'react';

type ChatModule = {
  readonly ChatPage: ComponentType<{ roomId: string | undefined }>;
  readonly HomePage: ComponentType;
};

let loading: Promise<ChatModule> | undefined;
let loaded: ChatModule | undefined;

/** Fetches the chat itself: the first page does so while a name is being typed. A failed fetch is tried again by the next call. */
export function loadChat(): Promise<ChatModule> {
  loading ??= import('./chat-page.tsx').then(
    (module) => {
      loaded = module;
      return module;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}

const RETRY_MS = 2_000;

/** The chat page, once it is here; nothing is drawn before, for it takes a moment only. */
export function LazyChat({
  page,
  roomId,
}: {
  readonly page: 'home' | 'room';
  readonly roomId: string | undefined;
}) {
  const [module, setModule] = useState(loaded);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (module !== undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    loadChat().then(setModule, () => {
      timer = setTimeout(() => setAttempt(attempt + 1), RETRY_MS);
    });
    return () => clearTimeout(timer);
  }, [module, attempt]);
  if (module === undefined) return <div className="splash" role="status" aria-label="Loading" />;
  return page === 'home' ? <module.HomePage /> : <module.ChatPage roomId={roomId} />;
}
