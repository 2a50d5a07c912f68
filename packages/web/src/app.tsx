import { useEffect, useState } from 'react';
import { Route, Switch } from 'wouter';
import { Dialogs } from './features/dialogs.tsx';
import { LazyChat } from './features/lazy-chat.tsx';
import { FrontPage } from './features/onboarding/front-page.tsx';
import { JoinPage } from './features/onboarding/join-page.tsx';
import { WelcomePage } from './features/onboarding/welcome-page.tsx';
import { AppContext, type App as AppHandle, useApp, useAppState } from './store/app-store.ts';
import { errorWords } from './store/error-words.ts';
import { Button } from './ui/button.tsx';
import { Toasts } from './ui/toasts.tsx';

/** The whole page on top of a running app. */
export function App({ app }: { readonly app: AppHandle }) {
  return (
    <AppContext.Provider value={app}>
      <Pages />
      <Dialogs />
      <Toasts />
    </AppContext.Provider>
  );
}

function Pages() {
  const session = useAppState((state) => state.session);
  const resume = useResume();
  if (resume.kind === 'failed') {
    return (
      <FrontPage title="The server cannot be reached" lead={resume.words}>
        <Button look="primary" wide onClick={resume.retry}>
          Try again
        </Button>
      </FrontPage>
    );
  }
  if (resume.kind === 'asking')
    return <div className="splash" role="status" aria-label="Loading" />;
  return (
    <Switch>
      {/* One element for both states of the session: who signs in on this page stays on it. */}
      <Route path="/j/:code">{({ code }) => <JoinPage code={decodeURIComponent(code)} />}</Route>
      {session.kind === 'signed-in' ? (
        <Switch>
          <Route path="/r/list">
            <LazyChat page="room" roomId={undefined} />
          </Route>
          <Route path="/r/:roomId">
            {({ roomId }) => <LazyChat page="room" roomId={roomId} />}
          </Route>
          <Route>
            <LazyChat page="home" roomId={undefined} />
          </Route>
        </Switch>
      ) : (
        <Route>
          <WelcomePage endedBy={session.kind === 'signed-out' ? session.code : ''} />
        </Route>
      )}
    </Switch>
  );
}

type Resume =
  | { readonly kind: 'asking' | 'done' }
  | { readonly kind: 'failed'; readonly words: string; readonly retry: () => void };

// Continues the session of the last visit before anything is drawn, so that no wrong page ever shows.
function useResume(): Resume {
  const app = useApp();
  const [attempt, setAttempt] = useState(0);
  const [state, setState] = useState<'asking' | 'done' | { readonly words: string }>('asking');
  useEffect(() => {
    let wanted = true;
    setState('asking');
    app.backend.session.resume().then(
      () => {
        if (wanted) setState('done');
      },
      (error: unknown) => {
        if (wanted) setState({ words: errorWords(error) });
      },
    );
    return () => {
      wanted = false;
    };
  }, [app, attempt]);
  if (typeof state === 'string') return { kind: state };
  return { kind: 'failed', words: state.words, retry: () => setAttempt(attempt + 1) };
}
