/** How this program names itself to the server. */
export const CLIENT_NAME = 'chat-web';
