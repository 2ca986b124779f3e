import type { FakeHook } from '../../webhooks.ts';
import { repositoryUrl } from './repository.ts';
import { time } from './time.ts';

/** A webhook; its secret is never shown. */
export function hookJson(
  { id, repo, url, secret, events, active, createdAt }: FakeHook,
  api: string,
): Record<string, unknown> {
  const self = `${repositoryUrl(repo, api)}/hooks/${String(id)}`;
  return {
    type: 'Repository',
    id,
    name: 'web',
    active,
    events,
    config: { url, content_type: 'json', insecure_ssl: '0', ...(secret === '' ? {} : { secret: '********' }) },
    created_at: time(createdAt),
    updated_at: time(createdAt),
    url: self,
    test_url: `${self}/test`,
    ping_url: `${self}/pings`,
    deliveries_url: `${self}/deliveries`,
    last_response: { code: null, status: 'unused', message: null },
  };
}
