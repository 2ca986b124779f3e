import { describe, expect, it } from '@jest/globals';

import { identityOf } from '../../../src/builders/docker/labels.ts';
import { expand, pairsOf, parseRecipe } from '../../../src/builders/docker/recipe.ts';
import { platformsRun } from '../../../src/builders/docker/runs-code.ts';

const HOST = { os: 'linux', arch: 'amd64' };
const ARM64 = { os: 'linux', arch: 'arm64' };
const keywords = (text: string) =>
  parseRecipe(text).stages.map(({ instructions }) => instructions.map(({ keyword }) => keyword).join(' '));
const runs = (text: string) => platformsRun(parseRecipe(text), ARM64, HOST);

describe('Good', () => {
  it('parseRecipe reads stages, with names and platforms', () => {
    const text =
      'ARG BASE=alpine\nFROM --platform=$BUILDPLATFORM golang:1 AS Build\nRUN make\nfrom ${BASE}\nCOPY --from=build /a /\n';
    const { stages, defaults } = parseRecipe(text);
    expect(stages).toMatchObject([
      { from: 'golang:1', platform: '$BUILDPLATFORM', name: 'build', instructions: [{ keyword: 'RUN', rest: 'make' }] },
      { from: 'alpine', instructions: [{ keyword: 'COPY', rest: '--from=build /a /' }] },
    ]);
    expect([...defaults]).toEqual([['BASE', 'alpine']]);
  });

  it('parseRecipe knows what is declared, wherever it is', () => {
    const { declared } = parseRecipe('ARG A=1 B\nFROM x\nARG VERSION="1 2"\nFROM y\narg TOKEN\n');
    expect([...declared]).toEqual(['A', 'B', 'VERSION', 'TOKEN']);
  });

  it('parseRecipe joins continued lines, with comments and empty lines in them', () => {
    const { stages } = parseRecipe('FROM x\nRUN a && \\\n# comment\n\n  b \\ \n  c\nCOPY d /\n');
    expect(stages[0]?.instructions).toEqual([
      { keyword: 'RUN', rest: 'a &&   b   c' },
      { keyword: 'COPY', rest: 'd /' },
    ]);
    expect(keywords('# escape=`\nFROM x\nRUN dir `\n  RUN\nCOPY C:\\ D:\\\nUSER a\n')).toEqual(['RUN COPY USER']);
  });

  it('parseRecipe skips here-documents', () => {
    expect(keywords('FROM x\nRUN <<EOF\nFROM y\nRUN z\nEOF\nCOPY <<A <<-"B" /\nRUN\nA\n\tRUN\n\tB\nUSER a\n')).toEqual([
      'RUN COPY USER',
    ]);
  });

  it('pairsOf takes quotes away', () => {
    expect(pairsOf(`a=1 "b c"="d \\"e\\"" f='g $h' i=j\\ k l`)).toEqual([
      ['a', '1'],
      ['b c', 'd "e"'],
      ['f', 'g $h'],
      ['i', 'j k'],
      ['l', undefined],
    ]);
  });

  it('expand puts values in, and knows defaults and alternatives', () => {
    const values = new Map([['A', 'one']]);
    expect(expand('$A-${A}-${B:-two}-${A:+three}-${B:+four}-\\$A', values)).toBe('one-one-two-three--$A');
    expect(expand('$A$B', values)).toBeUndefined();
  });

  it('identityOf reads the labels of the last stage', () => {
    const labels = (text: string) => identityOf(parseRecipe(text));
    const title = 'LABEL org.opencontainers.image.title';
    expect(
      labels(`FROM a\n${title}=first\nFROM b\n${title}="My app" org.opencontainers.image.version=v1.2.0\n`),
    ).toEqual({
      name: 'My app',
      version: '1.2.0',
    });
    const version = 'LABEL org.opencontainers.image.version';
    expect(labels(`ARG V=3.1\nFROM a\nARG V\nENV W=$V.0\n${version}=$W\n`)).toEqual({ version: '3.1.0' });
    expect(labels(`FROM a\nARG V\n${version}=$V\n`)).toEqual({});
    expect(labels('')).toEqual({});
  });

  it('platformsRun names the platform of each RUN that is needed', () => {
    expect(runs('FROM scratch\nCOPY a /\n')).toEqual([]);
    expect(runs('FROM alpine\nRUN a\n')).toEqual(['linux/arm64']);
    expect(runs('FROM --platform=$BUILDPLATFORM go AS b\nRUN a\nFROM scratch\nCOPY --from=b /a /\n')).toEqual([
      'linux/amd64',
    ]);
    expect(runs('FROM --platform=$BUILDPLATFORM go AS b\nFROM b AS c\nRUN a\nFROM c\n')).toEqual(['linux/amd64']);
    expect(runs('FROM a AS unused\nRUN a\nFROM scratch\nCOPY x /\n')).toEqual([]);
    expect(runs('FROM a\nRUN a\nFROM scratch\nCOPY --from=0 /x /\n')).toEqual(['linux/arm64']);
    expect(
      runs('FROM a AS m\nRUN a\nFROM --platform=linux/s390x b\nRUN --mount=type=bind,from=m,target=/m ls\n'),
    ).toEqual(['linux/s390x', 'linux/arm64']);
    expect(runs('FROM a AS for-arm64\nRUN a\nFROM b AS for-amd64\nFROM for-$TARGETARCH\n')).toEqual(['linux/arm64']);
  });
});

describe('Bad', () => {
  it('parseRecipe leaves what is wrong to the tool', () => {
    expect(parseRecipe('').stages).toEqual([]);
    expect(parseRecipe('RUN a\n').stages).toEqual([]);
    expect(keywords('FROM\nCOPYY a b\n??\n')).toEqual(['COPYY']);
    expect(platformsRun(parseRecipe(''), ARM64, HOST)).toEqual([]);
  });
});

describe('Ugly', () => {
  it('parseRecipe comes to an end', () => {
    expect(keywords('FROM x\nRUN <<EOF\nCOPY a /\n')).toEqual(['RUN COPY']);
    expect(keywords('FROM x\nRUN echo $((1<<N)) <<<M\nUSER a\nN\nM\n')).toEqual(['RUN USER N M']);
    expect(keywords('FROM x\nRUN a \\')).toEqual(['RUN']);
    expect(runs('FROM a AS a\nRUN b\nFROM b AS b\nCOPY --from=b /x /\n')).toEqual([]);
    expect(keywords(`\uFEFFFROM x\r\nRUN ${'\\\r\n'.repeat(20_000)}a\r\n`)).toEqual(['RUN']);
  });
});
