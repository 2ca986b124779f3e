import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { closedIssues } from '../../../src/github/text/closing-keywords.ts';
import { parseChecklist, tickChild } from '../../../src/github/text/epic-checklist.ts';

const HOME = { repo: { owner: 'host-uk', name: 'core' }, hosts: ['github.com'] };

/** `12`, `7x` where it is ticked, `9@other/repo` where it is elsewhere. */
const read = (...lines: string[]): string[] =>
  parseChecklist(lines.join('\n'), HOME).map(({ number, isTicked, repo }) => {
    return `${String(number)}${isTicked ? 'x' : ''}${repo === undefined ? '' : `@${repo.owner}/${repo.name}`}`;
  });

/** Lines that list nothing, with and without the number 1. */
const OTHER_LINES = [
  '',
  'Text with #1 in it',
  '# A title of #1',
  '- a plain item #1',
  '- [] #1',
  '-[ ] #1',
  '- [ ]#1',
  '- [ ] `#1`',
  '- [ ] no number',
  '- [ ] &#39;',
  '- [ ] #12',
  '- [x] #10',
  '- [ ] #1x',
  '- [ ] other/repo#1',
  '- [ ] https://example.org/host-uk/core/issues/1',
  '<!-- - [ ] #1 -->',
  '> - [ ] #1',
];
const ITEMS = ['- [ ] #1', '* [ ] #1', '+ [ ] #1', '1. [ ] #1', '2) [ ] Title (#1)', '- [ ]  host-uk/core#1 and #5'];
const eol = fc.constantFrom('\n', '\r\n');
const otherLines = fc.array(fc.constantFrom(...OTHER_LINES), { maxLength: 6 });

describe('Good', () => {
  it('parseChecklist reads every form of a task-list item', () => {
    const forms = ['- [ ] #2', '* [ ] #3', '+ [ ] #4', '1. [ ] #5', '12) [ ] #6', '- [x] #7', '- [X] #8', '  - [ ] #9'];
    expect(read(...forms)).toEqual(['2', '3', '4', '5', '6', '7x', '8x', '9']);
    expect(read('- [ ]   #2', '-   [ ] #3', '-\t[ ] #4', '- [ ] **#5**', '- [ ] Title (#6), see #7')).toEqual([
      ...['2', '3', '4', '5', '6'],
    ]);
    const address = 'https://github.com/host-uk/core/issues/3';
    expect(read('- [ ] Host-UK/core#2', `- [ ] ${address}`, `- [ ] [a title](${address}#issuecomment-1)`)).toEqual([
      ...['2', '3', '3'],
    ]);
  });

  it('parseChecklist reads nested lists, and what follows a paragraph', () => {
    const nested = [
      '- [ ] #1',
      '  - [ ] #2',
      '    1. [x] #3',
      '       - [ ] #4',
      'Text',
      '- [ ] #5',
      '',
      '    - [ ] #6',
    ];
    expect(read(...nested)).toEqual(['1', '2', '3x', '4', '5', '6']);
    expect(read('1. A group', '', '   - [ ] #2', '   - - [ ] #3')).toEqual(['2', '3']);
  });

  it('parseChecklist leaves code, comments and quotes aside', () => {
    expect(read('```', '- [ ] #1', '```', '- [ ] #2')).toEqual(['2']);
    expect(read('~~~~ md', '- [ ] #1', '~~~', '- [ ] #2', '~~~~', '- [ ] #3')).toEqual(['3']);
    expect(read('```', '- [ ] #1 for ever')).toEqual([]);
    expect(read('- [ ] #1', '  ```', '  - [ ] #2', '- [ ] #3')).toEqual(['1', '3']); // its item is over
    expect(read('- ```', '  - [ ] #1', '  ```', '- [ ] #2')).toEqual(['2']);
    expect(read('Text', '', '    - [ ] #1', '\t- [ ] #2', '', '- [ ] #3')).toEqual(['3']);
    expect(read('- [ ] #1', '', '      - [ ] #2', '-     [ ] #3')).toEqual(['1']);
    expect(read('<!-- - [ ] #1', '- [ ] #2', '-->', '- [ ] #3 <!-- #4 -->', '- [ ] <!-- #5 --> #6')).toEqual([
      '3',
      '6',
    ]);
    expect(read('<pre>', '- [ ] #1', '</pre>', '- [ ] #2', '<!-- for ever', '- [ ] #3')).toEqual(['2']);
    expect(read('- [ ] `#1` #2', '- [ ] ``a ` #3`` #4', '- [ ] a <!-- #5 that nobody closes')).toEqual(['2', '4', '5']);
    expect(read('> - [ ] #1', '- - -', '***', '- [ ] #2')).toEqual(['2']);
  });

  it('parseChecklist begins and ends blocks where GitHub does', () => {
    // blocks of HTML have no lists up to a blank line
    expect(read('<details><summary>Done</summary>', '- [ ] #1', '', '- [ ] #2', '</details>')).toEqual(['2']);
    expect(read('Text', '<p align="center">', '- [ ] #1', '', '- [ ] #2')).toEqual(['2']);
    expect(read('<my-tag a="b">', '- [ ] #1', '', 'Text', '<my-tag>', '- [ ] #2')).toEqual(['2']);
    expect(read('<!-- a --> - [ ] #1', '- [ ] #2', '<?php', '- [ ] #3', '?>', '- [ ] #4')).toEqual(['2', '4']);
    // text may go on without its indent or its mark, but an item begins all the same
    expect(read('- [ ] #1', 'goes on', '      - [ ] #2', '- [ ] #3')).toEqual(['1', '3']);
    expect(read('> a quote', '    - [ ] #1', '2. [ ] #2', '> ```', '- [ ] #3')).toEqual(['2', '3']);
    // a paragraph is followed by no number but 1, and by no empty item
    expect(read('Text', '2. [ ] #1', '1. [ ] #2', '3. [ ] #3', '', '7) [ ] #4')).toEqual(['2', '3', '4']);
    expect(read('Text', '-', '    [ ] #1', '===', '2. [ ] #2')).toEqual(['2']);
    // a comment in the middle of a text ends with it
    expect(read('Text <!-- a', '- [ ] #1', '-->', '', 'More <!-- b', '#2 -->', '- [ ] a <!-- #3', 'c --> #4')).toEqual([
      '1',
    ]);
    expect(read('- ~~~', '  - [ ] #1', '- [ ] #2', '  <pre>', '  - [ ] #3', '- [ ] #4')).toEqual(['2', '4']);
    expect(read('| a |', '|--|', '| - [ ] #1 |', '- [ ] #2')).toEqual(['2']);
  });

  it('parseChecklist says where a child is that is elsewhere', () => {
    const lines = [
      '- [ ] a/b#1',
      '- [ ] https://github.com/a/b/issues/2',
      '- [ ] https://evil.test/host-uk/core/issues/3',
    ];
    expect(read(...lines, '- [ ] a/b#4 and #5')).toEqual(['1@a/b', '2@a/b', '4@a/b']);
  });

  it.each(ITEMS)('tickChild ticks %s and nothing else, whatever surrounds it', (item) => {
    fc.assert(
      fc.property(otherLines, otherLines, eol, (before, after, end) => {
        const text = [...before, '', item, ...after].join(end);
        const at = text.indexOf('[ ]', before.join(end).length + end.length);
        const ticked = tickChild(text, 1, HOME);
        return ticked === `${text.slice(0, at)}[x]${text.slice(at + 3)}` && tickChild(ticked, 1, HOME) === undefined;
      }),
    );
  });
});

describe('Bad', () => {
  it.each(OTHER_LINES)('tickChild does not take %j for #1', (line) => {
    expect(tickChild(line, 1, HOME)).toBeUndefined();
  });

  it('tickChild of #1 never ticks #12, nor #12 #1', () => {
    expect(tickChild('- [ ] #12\n- [ ] #1', 1, HOME)).toBe('- [ ] #12\n- [x] #1');
    expect(tickChild('- [ ] #1\n- [ ] #12', 12, HOME)).toBe('- [ ] #1\n- [x] #12');
  });

  it('tickChild ticks the first line of a child that has two', () => {
    expect(tickChild('- [ ] #1\n- [ ] #1 again', 1, HOME)).toBe('- [x] #1\n- [ ] #1 again');
    expect(tickChild('- [x] #1\n- [ ] #1 again', 1, HOME)).toBeUndefined();
  });
});

describe('Ugly', () => {
  const piece = fc.constantFrom(
    ...[
      '- ',
      '[ ]',
      '[x]',
      ' #1',
      '```',
      '~~~',
      '<!--',
      '-->',
      '`',
      '<pre>',
      '</pre>',
      '\n',
      '\r\n',
      '\r',
      '  ',
      '    ',
      '\t',
      '1. ',
      '> ',
      'a/b',
    ],
  );
  const body = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

  it('parseChecklist finds brackets where it says, in any text', () => {
    fc.assert(
      fc.property(body, (text) =>
        parseChecklist(text, HOME).every(({ markOffset, isTicked }) => {
          const mark = text.slice(markOffset - 1, markOffset + 2);
          return /^\[[ \txX]\]$/.test(mark) && (mark.toLowerCase() === '[x]') === isTicked;
        }),
      ),
      { numRuns: 1_000 },
    );
  });

  it('tickChild changes one letter and makes one more ticked item, in any text', () => {
    fc.assert(
      fc.property(body, (text) => {
        const ticked = tickChild(text, 1, HOME);
        if (ticked === undefined) return true;
        const changed = Buffer.from(ticked).filter((byte, at) => byte !== Buffer.from(text)[at]);
        const count = (of: string): number => parseChecklist(of, HOME).filter(({ isTicked }) => isTicked).length;
        return changed.length === 1 && ticked.length === text.length && count(ticked) === count(text) + 1;
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '- ',
    '[ ] #1 ',
    '`',
    '` `` ',
    '``` ',
    '<!--',
    '<!---->',
    '<!-- ',
    '#',
    'a/',
    'a/b#',
    '> - [ ] ',
    '\t',
    '#1 ',
    '    ',
    '* * ',
    '1. ',
  ])(
    'parseChecklist, tickChild and closedIssues get to the end of %j for ever',
    (unit) => {
      const text = unit.repeat(65_536 / unit.length);
      for (const body of [text, `${text}x #1`, `- [ ] ${text}\n${text}x`]) {
        expect(Array.isArray(parseChecklist(body, HOME)) && Array.isArray(closedIssues(body, HOME))).toBe(true);
        tickChild(body, 1, HOME);
      }
    },
    10_000,
  );
});
