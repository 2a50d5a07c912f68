export { announceReady, isReadyMessage, type ReadyMessage } from './parent-process.ts';
export {
  EXIT_BAD_CONFIG,
  type Program,
  readSettings,
  type SettingsInput,
  type SettingsOutcome,
  settingsOrExit,
} from './read-settings.ts';
export { setting, type SettingMeta, type SettingsSchema } from './setting.ts';
export {
  hostPort,
  oneOf,
  onOff,
  optionalHostPort,
  port,
  textList,
  wholeNumber,
} from './value-types.ts';
