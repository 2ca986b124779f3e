import type { FakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';

/** An answer of the fake, read to its end. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  /** JSON; `undefined` where there is no body. */
  readonly json: unknown;
}

/** What GraphQL answers. */
export interface GraphqlReply {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly {
    readonly type?: string;
    readonly message: string;
    readonly path?: readonly (string | number)[];
  }[];
}

/** One REST request: `GET /rate_limit`. */
export async function rest(
  github: FakeGitHub,
  request: string,
  { body, headers = {}, token = 'secret' }: { body?: unknown; headers?: Record<string, string>; token?: string } = {},
): Promise<Reply> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const answer = await fetch(github.url + path, {
    method,
    headers: { ...(token === '' ? {} : { authorization: `token ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    json: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

/** One GraphQL request. */
export async function graphql(
  github: FakeGitHub,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  token: string = 'secret',
): Promise<GraphqlReply> {
  const answer = await fetch(github.graphqlUrl, {
    method: 'POST',
    headers: { authorization: `bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await answer.json()) as GraphqlReply;
}

/** A field of a pull request, or several: `isDraft mergeable`. */
export async function pullFields(github: FakeGitHub, number: number, fields: string): Promise<unknown> {
  const query = `query ($number: Int!) {
    repository(owner: "host-uk", name: "core") { pullRequest(number: $number) { ${fields} } }
  }`;
  const { data, errors } = await graphql(github, query, { number });
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '));
  return (data?.['repository'] as { pullRequest: unknown }).pullRequest;
}

/** A mutation with one input, whose payload is not looked at. */
export async function mutate(
  github: FakeGitHub,
  name: string,
  input: Readonly<Record<string, unknown>>,
): Promise<GraphqlReply> {
  const type = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}Input`;
  return graphql(github, `mutation ($input: ${type}!) { ${name}(input: $input) { clientMutationId } }`, { input });
}
