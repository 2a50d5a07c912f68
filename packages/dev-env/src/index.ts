export { type Child, type ChildOptions, startChild } from './child.ts';
export { type ChatProcesses, type ProcessesOptions, startProcesses } from './start-processes.ts';
export { type RunningChat, type StartChatOptions, startChat } from './start-chat.ts';
