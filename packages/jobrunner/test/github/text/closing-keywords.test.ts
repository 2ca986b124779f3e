import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { closedIssues } from '../../../src/github/text/closing-keywords.ts';
import { issueReferences, webHosts } from '../../../src/github/text/issue-reference.ts';
import { parseRepoName, repoOf } from '../../../src/github/text/repo-name.ts';

const HOME = { repo: { owner: 'host-uk', name: 'core' }, hosts: ['github.com'] };
const KEYWORDS = ['close', 'closes', 'closed', 'fix', 'fixes', 'fixed', 'resolve', 'resolves', 'resolved'];

describe('Good', () => {
  it('closedIssues knows all of the keywords, in any case, with a colon or without', () => {
    const keyword = fc.constantFrom(...KEYWORDS, ...KEYWORDS.map((word) => word.toUpperCase()), 'Fixes');
    const reference = fc.constantFrom('#7', 'Host-UK/core#7', 'https://github.com/host-uk/core/issues/7');
    fc.assert(
      fc.property(keyword, fc.constantFrom(' ', ': ', '  ', '\t'), reference, (word, gap, text) => {
        const [closed] = closedIssues(`This ${word}${gap}${text}.`, HOME);
        return closed === 7;
      }),
    );
  });

  it('closedIssues finds each of several, once, and nothing of a bare mention', () => {
    expect(closedIssues('Fixes #1, fixes #2 and #3.\nCloses #1\nSee #4, GH-5, #6 is fixed', HOME)).toEqual([1, 2]);
  });

  it('webHosts are where the pages of a server are', () => {
    expect(webHosts('https://api.github.com')).toEqual(['github.com']);
    expect(webHosts('https://ghe.example.org/api/v3')).toEqual(['ghe.example.org']);
    expect(webHosts('https://api.octo.ghe.com')).toEqual(['octo.ghe.com']);
    expect(webHosts('http://127.0.0.1:8080')).toEqual(['127.0.0.1:8080', 'github.com']);
  });

  it('issueReferences tells where each is', () => {
    const text = 'a #12, b/c#3 http://127.0.0.1:80/b/c/pull/4?x';
    const found = issueReferences(text, ['127.0.0.1:80']).map(({ start, end, number }) => [
      text.slice(start, end),
      number,
    ]);
    expect(found).toEqual([
      ['#12', 12],
      ['b/c#3', 3],
      ['http://127.0.0.1:80/b/c/pull/4', 4],
    ]);
  });
});

describe('Bad', () => {
  it.each([
    ...[
      'prefixes #1',
      'hot-fix #1',
      'fixing #1',
      'fix#1',
      'fix #',
      'fix 1',
      'fix #0',
      'fix #01',
      'fix #1a',
      'not &#39;',
    ],
    ...[
      'fix other/repo#1',
      'fix https://gitlab.com/host-uk/core/issues/1',
      'fix `#1`',
      '`fix #1`',
      '    fix #1',
      'fix\n\n#1',
    ],
    ...['```\nfix #1\n```', '<!-- fix #1 -->', 'fix the bug in #1', 'fix #12345678901', 'fix /core#1', 'fix a.b#1'],
  ])('closedIssues takes %j for nothing that is closed', (text) => {
    expect(closedIssues(text, HOME)).toEqual([]);
  });

  it('parseRepoName and repoOf refuse what GitHub calls no repository', () => {
    expect(parseRepoName('repo', 'Host-UK/core.js')).toEqual({ owner: 'Host-UK', name: 'core.js' });
    for (const name of [
      '',
      'a',
      'a/',
      '/b',
      'a/..',
      'a/.',
      '../b',
      'a/b/c',
      'a b/c',
      'a/b?',
      'a-/b',
      '-a/b',
      `${'a'.repeat(101)}/b`,
    ]) {
      expect(() => parseRepoName('repos[0]', name)).toThrow(/^repos\[0\] must be a repository as owner\/name, not "/);
    }
    expect(() => parseRepoName('repos[0]', 7)).toThrow(/not number$/);
    expect(() => repoOf({ repoOwner: 'a', repoName: '..' })).toThrow(
      expect.objectContaining({ code: 'ERR_GITHUB_REFUSED' }),
    );
  });
});
