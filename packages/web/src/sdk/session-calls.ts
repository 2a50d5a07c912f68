import type { ChatClient } from '@chat/client';
import type { User } from '@chat/protocol';
import { CLIENT_NAME } from './client-name.ts';
import { type Login, toLogin } from './login.ts';

/** Calls about oneself. They reject with ChatClientError. */
export function createSessionCalls(client: ChatClient) {
  return {
    /** Makes the guest of this connection an account; answers with a new session. */
    register: async (username: string, password: string, displayName: string): Promise<Login> => {
      const { AuthServiceDefinition } = await import('./service-definitions.ts');
      return toLogin(
        await client
          .service(AuthServiceDefinition)
          .register({ username, password, displayName, client: CLIENT_NAME }),
      );
    },
    rename: async (displayName: string): Promise<User | undefined> => {
      const { UserServiceDefinition } = await import('./service-definitions.ts');
      return (await client.service(UserServiceDefinition).updateProfile({ displayName })).user;
    },
  };
}
