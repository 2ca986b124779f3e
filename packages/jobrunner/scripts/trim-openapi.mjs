/**
 * Cuts GitHub's OpenAPI description (13 MB, from `@octokit/openapi`, which is no dependency: 385 MB) down to the
 * operations that the fake GitHub answers, without descriptions and examples:
 *
 *     npm pack @octokit/openapi@23.0.2
 *     tar xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
 *     node packages/jobrunner/scripts/trim-openapi.mjs package/generated/api.github.com.json
 *     prettier --write packages/jobrunner/test/testing/fake-github/fixtures/github-openapi.json
 *
 * What it takes over is under the MIT licence beside the file that it writes.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const TO = new URL('../test/testing/fake-github/fixtures/github-openapi.json', import.meta.url);

const OPERATIONS = [
  'GET /app',
  'GET /rate_limit',
  'GET /repos/{owner}/{repo}',
  'GET /repos/{owner}/{repo}/commits/{ref}/check-runs',
  'GET /repos/{owner}/{repo}/commits/{ref}/status',
  'GET /repos/{owner}/{repo}/commits/{ref}/statuses',
  'GET /repos/{owner}/{repo}/hooks',
  'GET /repos/{owner}/{repo}/installation',
  'GET /repos/{owner}/{repo}/issues',
  'GET /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'GET /repos/{owner}/{repo}/issues/{issue_number}',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/labels',
  'GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues',
  'GET /repos/{owner}/{repo}/labels',
  'GET /repos/{owner}/{repo}/pulls',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}',
  'GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'GET /user',
  'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
  'PATCH /repos/{owner}/{repo}/pulls/{pull_number}',
  'POST /app/installations/{installation_id}/access_tokens',
  'POST /repos/{owner}/{repo}/check-runs',
  'POST /repos/{owner}/{repo}/hooks',
  'POST /repos/{owner}/{repo}/issues',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/labels',
  'POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues',
  'POST /repos/{owner}/{repo}/pulls',
  'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
  'POST /repos/{owner}/{repo}/statuses/{sha}',
  'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge',
];
/** Statuses that the fake answers with. */
const STATUSES = ['200', '201', '401', '403', '404', '405', '409', '410', '422'];
const PROSE = new Set(['description', 'summary', 'title', 'example', 'examples', 'externalDocs', 'deprecated']);

const [, , from] = process.argv;
if (from === undefined) throw new Error('Say where api.github.com.json is');
const whole = JSON.parse(readFileSync(from, 'utf8'));
const components = {};

/** A copy without prose. Below `properties` every key is a name, and stays. */
function strip(value, areNames = false) {
  if (Array.isArray(value)) return value.map((item) => strip(item));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => areNames || !(PROSE.has(key) || key.startsWith('x-')));
  return Object.fromEntries(kept.map(([key, item]) => [key, strip(item, key === 'properties' && !areNames)]));
}

/** Takes over what a copy refers to, and what that refers to. */
function follow(value) {
  if (typeof value !== 'object' || value === null) return;
  if (typeof value.$ref === 'string') takeOver(value.$ref);
  for (const item of Object.values(value)) follow(item);
}

function takeOver(ref) {
  const [, , kind, name] = ref.split('/');
  components[kind] ??= {};
  if (name in components[kind]) return;
  components[kind][name] = strip(whole.components[kind][name]);
  follow(components[kind][name]);
}

function schemaOf(content) {
  return strip(content?.['application/json']?.schema);
}

/** A response by itself: references to shared ones are resolved, those to schemas stay. */
function responseOf(response) {
  const found = response.$ref === undefined ? response : whole.components.responses[response.$ref.split('/').at(-1)];
  return schemaOf(found.content) ?? {};
}

const operations = {};
for (const operation of OPERATIONS) {
  const [method, path] = operation.split(' ');
  const { requestBody, responses } = whole.paths[path][method.toLowerCase()];
  const kept = Object.entries(responses).filter(([status]) => STATUSES.includes(status));
  operations[operation] = {
    ...(requestBody === undefined ? {} : { request: schemaOf(requestBody.content) }),
    responses: Object.fromEntries(kept.map(([status, response]) => [status, responseOf(response)])),
  };
}
follow(operations);
const sorted = Object.fromEntries(Object.entries(components.schemas).sort(([a], [b]) => a.localeCompare(b)));
const trimmed = { openapi: whole.openapi, version: whole.info.version, operations, components: { schemas: sorted } };
writeFileSync(TO, `${JSON.stringify(trimmed)}\n`);
