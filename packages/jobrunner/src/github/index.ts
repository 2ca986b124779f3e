export type { Fetch } from './client/whole-fetch.ts';
export {
  type GitHubAppAuth,
  type GitHubClient,
  githubClient,
  type GitHubClientOptions,
} from './client/github-client.ts';
export { GitHubError, type GitHubErrorOptions } from './client/github-error.ts';
export type { AgentQueue, CommandQueue, FolderQueue } from './handlers/agent-queue.ts';
export { closeChild } from './handlers/close-child.ts';
export { dispatch, type DispatchOptions } from './handlers/dispatch.ts';
export { enableAutoMerge, type EnableAutoMergeOptions } from './handlers/enable-auto-merge.ts';
export { publishDraft } from './handlers/publish-draft.ts';
export { resolveThreads } from './handlers/resolve-threads.ts';
export { sendFixCommand, type SendFixCommandOptions } from './handlers/send-fix-command.ts';
export type { Ticket } from './handlers/ticket.ts';
export { tickParent } from './handlers/tick-parent.ts';
export { GitHubSource } from './source/github-source.ts';
export type { GitHubSourceOptions } from './source/github-source-options.ts';
export { closedIssues } from './text/closing-keywords.ts';
export { type ChecklistItem, parseChecklist, type TextHome, tickChild } from './text/epic-checklist.ts';
export type { RepoName } from './text/repo-name.ts';
export { webhookHandler, type WebhookHandler, type WebhookOptions } from './webhooks/webhook-handler.ts';
export { WebhookListener, type WebhookListenerOptions } from './webhooks/webhook-listener.ts';
