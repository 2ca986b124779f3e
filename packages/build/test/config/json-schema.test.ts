import { readFileSync } from 'node:fs';

import { describe, expect, it } from '@jest/globals';

import { buildConfigSchema, defaultConfig } from '../../src/index.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly default?: unknown;
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly pattern?: string;
  readonly type?: string;
}

const schema: Schema = buildConfigSchema();
const at = (...keys: string[]) => keys.reduce<Schema | undefined>((part, key) => part?.properties?.[key], schema);

describe('buildConfigSchema', () => {
  it('buildConfigSchema is the file that is published', () => {
    const file = new URL('../../build-config.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  });

  it('buildConfigSchema knows choices, patterns, defaults and the keys as they are written', () => {
    expect(at('archive', 'format')).toMatchObject({ enum: ['gz', 'xz', 'zip', 'zst'], default: 'gz' });
    expect(at('targets')?.items).toMatchObject({ required: ['os', 'arch'], additionalProperties: false });
    expect(new RegExp(at('build', 'env')?.items?.pattern ?? '', 'u').test('A=1')).toBe(true);
    expect(Object.keys(at('sign', 'macos')?.properties ?? {})).toContain('app_password');
  });

  it('buildConfigSchema describes every key', () => {
    const undescribed = (part: Schema): string[] =>
      Object.entries(part.properties ?? {}).flatMap(([key, child]) => [
        ...(child.description === undefined ? [key] : []),
        ...undescribed(child),
      ]);
    expect(undescribed(schema)).toEqual([]);
  });

  it('buildConfigSchema has the defaults of defaultConfig', () => {
    const config = defaultConfig({});
    expect(at('targets')?.default).toEqual(config.targets);
    expect(at('build', 'ldflags')?.default).toEqual(config.build.ldflags);
    expect(at('archive', 'name')?.default).toBe(config.archive.name);
  });
});
