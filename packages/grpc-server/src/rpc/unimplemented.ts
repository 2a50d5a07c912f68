/** Methods of the schema that answer UNIMPLEMENTED. A test holds this list against the handlers. */
export const UNIMPLEMENTED_METHODS: readonly string[] = [
  'chat.v1.MessageService/SearchMessages',
  'chat.v1.ModerationService/ReportMessage',
  'chat.v1.ModerationService/ListReports',
  'chat.v1.ModerationService/ResolveReport',
  'chat.v1.ModerationService/ListAuditRecords',
  'chat.v1.MediaService/UploadMedia',
  'chat.v1.MediaService/DownloadMedia',
  'chat.v1.MediaService/GetMedia',
  'chat.v1.MediaService/DeleteMedia',
  'chat.v1.AdminService/CreateWebhook',
  'chat.v1.AdminService/ListWebhooks',
  'chat.v1.AdminService/DeleteWebhook',
  'chat.v1.AdminService/ListServerAuditRecords',
];
