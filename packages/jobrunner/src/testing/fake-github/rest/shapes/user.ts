import type { FakeUser } from '../../model/world.ts';

/** What comes after the address of a user, by the name of the property. */
const USER_LINKS = {
  followers_url: '/followers',
  following_url: '/following{/other_user}',
  gists_url: '/gists{/gist_id}',
  starred_url: '/starred{/owner}{/repo}',
  subscriptions_url: '/subscriptions',
  organizations_url: '/orgs',
  repos_url: '/repos',
  events_url: '/events{/privacy}',
  received_events_url: '/received_events',
} as const;

/** Somebody, in the words of REST; `api` is its address. */
export function userJson({ login, nodeId, databaseId, type }: FakeUser, api: string): Record<string, unknown> {
  const url = `${api}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id: databaseId,
    node_id: nodeId,
    avatar_url: `https://avatars.githubusercontent.com/u/${String(databaseId)}?v=4`,
    gravatar_id: '',
    url,
    html_url: webUrlOf({ login, type }),
    ...Object.fromEntries(Object.entries(USER_LINKS).map(([name, path]) => [name, url + path])),
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** Where people look at somebody. */
export function webUrlOf({ login, type }: Pick<FakeUser, 'login' | 'type'>): string {
  return type === 'Bot' ? `https://github.com/apps/${login.replace('[bot]', '')}` : `https://github.com/${login}`;
}
