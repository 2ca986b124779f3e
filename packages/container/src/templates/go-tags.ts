import { type Document, isScalar, type Scalar, type ScalarTag, visit } from 'yaml';

import { isWhole } from './go-numbers.ts';

/** Why a text is no YAML for LinuxKit, and where. */
export interface ReaderFault {
  readonly message: string;
  readonly offset: number;
}

const STANDARD = 'tag:yaml.org,2002:';
/** What the reader looks for below a tag, whether the value is in quotes or not. Below any other tag it is a text. */
const KINDS = new Set(['bool', 'float', 'int', 'null', 'timestamp']);
const BASE64 = /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}==|[a-z\d+/]{3}=)?$/i;
const TIMESTAMP = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?$/;

/**
 * Gives every value that has a tag what LinuxKit's reader makes of it, and tells which are not what their tags say. Those
 * of maps and lists mean nothing to it.
 *
 * Source: `resolve.go` and `decode.go` of gopkg.in/yaml.v3.
 */
export function readTags(document: Document.Parsed): ReaderFault[] {
  const faults: ReaderFault[] = [];
  visit(document, {
    Scalar: (_, node) => {
      if (node.tag === undefined) return;
      const name = node.tag.startsWith(STANDARD) ? node.tag.slice(STANDARD.length) : node.tag;
      const fault = readTag(document, node, name);
      if (fault !== undefined) faults.push({ message: fault, offset: node.range?.[0] ?? 0 });
    },
  });
  return faults;
}

/** Why it is not what the tag says. */
function readTag(document: Document.Parsed, node: Scalar, name: string): string | undefined {
  const { source = '', type } = node;
  if (name === '!') {
    node.value = type === 'PLAIN' ? plain(document, source) : source;
    return undefined;
  }
  if (name === 'binary') {
    node.value = Buffer.from(source, 'base64').toString();
    return BASE64.test(source.replaceAll(/[\r\n]/g, '')) ? undefined : `${JSON.stringify(source)} is no base64`;
  }
  node.value = KINDS.has(name) ? plain(document, source) : source;
  if (!KINDS.has(name) || kindsOf(node.value, source).includes(name)) return undefined;
  return `${JSON.stringify(source)} is not what its tag says: !!${name}`;
}

/** What stands there without quotes and tag. */
function plain({ schema }: Document.Parsed, source: string): unknown {
  const tag = schema.tags.find((one) => one.default === true && 'test' in one && one.test.test(source));
  const value = tag === undefined ? source : (tag as ScalarTag).resolve(source, () => undefined, {});
  return isScalar(value) ? value.value : value;
}

function kindsOf(value: unknown, source: string): string[] {
  if (value === null) return ['null'];
  if (typeof value === 'boolean') return ['bool'];
  if (typeof value === 'number') return isWhole(source) ? ['int', 'float'] : ['float'];
  return TIMESTAMP.test(source) ? ['timestamp'] : [];
}
