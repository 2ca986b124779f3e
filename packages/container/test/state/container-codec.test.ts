import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { Container } from '../../src/container.ts';
import { Misfit } from '../../src/state/codec.ts';
import { decodeContainer, encodeContainer, NewerVersion, snapshotOf } from '../../src/state/container-codec.ts';
import { machine } from './support/machine.ts';

const text = fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0'));
const path = text.filter((each) => each !== '');
const port = fc.integer({ min: 1, max: 65_535 });
const moment = fc.date({ noInvalidDate: true });
const identity = fc.record(
  { writtenAtMs: fc.nat(), startTicks: fc.nat(), bootId: text },
  { requiredKeys: ['writtenAtMs'] },
);

const containers: fc.Arbitrary<Container> = fc.record(
  {
    id: fc.stringMatching(/^[0-9a-f]{8}$/),
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/),
    image: path,
    format: fc.constantFrom('iso', 'qcow2', 'raw', 'vmdk', 'kernel'),
    status: fc.constantFrom('running', 'stopped', 'error'),
    pid: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    identity,
    startingBy: fc.record({ pid: port, writtenAtMs: fc.nat() }),
    uuid: text,
    startedAt: moment,
    stoppedAt: moment,
    ports: fc.dictionary(port.map(String), port),
    bindAddress: text,
    memoryMb: fc.integer({ min: 1 }),
    cpus: fc.integer({ min: 1 }),
    sshPort: fc.integer({ min: 0, max: 65_535 }),
    sshKey: path,
    user: text,
    volumes: fc.array(
      fc.record({
        ...{ source: path, target: path, tag: text, readOnly: fc.boolean() },
        driver: fc.constantFrom('9p', 'virtiofs'),
      }),
    ),
    disks: fc.array(fc.record({ path, format: fc.constantFrom('qcow2', 'raw') })),
    hypervisor: text,
    arch: fc.constantFrom('x86_64', 'aarch64'),
    accelerator: text,
    cmdline: text,
    writeImage: fc.boolean(),
    autoRemove: fc.boolean(),
    suspended: fc.boolean(),
    exitReason: text,
  },
  { noNullPrototype: true },
);

const json = (changes: Readonly<Record<string, unknown>>): string =>
  JSON.stringify({ ...(JSON.parse(encodeContainer(machine())) as object), ...changes });

describe('Good', () => {
  it('encodeContainer and decodeContainer agree, whatever the machine', () => {
    fc.assert(
      fc.property(containers, (container) => {
        expect(decodeContainer(encodeContainer(container))).toEqual(container);
      }),
    );
  });

  it('encodeContainer writes documented keys, with a version', () => {
    expect(JSON.parse(encodeContainer(machine({ stoppedAt: new Date(0), exitReason: 'killed' })))).toEqual({
      ...{ version: 1, id: '0000000a', name: 'web', image: '/images/web, 1.iso', format: 'iso', status: 'running' },
      ...{ pid: 4242, identity: { written_at_ms: 1_700_000_000_000, start_ticks: 12_345, boot_id: 'boot' } },
      ...{ uuid: '6f6e0a1c-5d4b-4d6c-9d3e-0f2a1b3c4d5e', started_at: '2025-01-02T03:04:05.678Z' },
      ...{ stopped_at: '1970-01-01T00:00:00.000Z', ports: { 8080: 80, 8443: 443 }, bind_address: '127.0.0.1' },
      ...{ memory: 512, cpus: 2, ssh_port: 20_022, ssh_key: '/keys/id "one"', user: 'root' },
      volumes: [{ source: '/data', target: '/mnt/data', tag: 'v0', read_only: true, driver: '9p' }],
      disks: [{ path: '/disks/a.qcow2', format: 'qcow2' }],
      ...{ hypervisor: 'qemu', arch: 'x86_64', accelerator: 'tcg', cmdline: 'quiet a="b c"' },
      ...{ write_image: false, auto_remove: false, suspended: false, exit_reason: 'killed' },
    });
  });

  it('decodeContainer passes over keys that it does not know', () => {
    expect(decodeContainer(json({ colour: 'red', __proto__: { pid: 1 } }))).toEqual(machine());
  });

  it('snapshotOf tells the documented keys by id, and no others', () => {
    const { id, ...entry } = { id: '0000000a', name: 'web', image: '/images/web, 1.iso', status: 'running', pid: 4242 };
    const more = { started_at: '2025-01-02T03:04:05.678Z', ports: { 8080: 80, 8443: 443 }, memory: 512, cpus: 2 };
    expect(snapshotOf([machine()])).toEqual({ version: 1, containers: { [id]: { id, ...entry, ...more } } });
  });
});

describe('Bad', () => {
  it('encodeContainer refuses what is no container, by the name of the property', () => {
    const cases: [changes: object, message: string][] = [
      [{ id: 'web' }, 'container.id must be 8 hex characters, not "web"'],
      [
        { name: '../etc' },
        'container.name must be 1 to 63 letters, digits, ".", "_" and "-", the first a letter or digit, not "../etc"',
      ],
      [{ memoryMb: '512' }, 'container.memoryMb must be a whole number from 1, not "512"'],
      [{ pid: Number.NaN }, 'container.pid must be a whole number from 0 to 2147483647, not NaN'],
      [
        { startedAt: new Date(Number.NaN) },
        'container.startedAt must be a date as ISO 8601 writes it, not an invalid date',
      ],
      [{ ports: { 0: 80 } }, 'container.ports.0 must be a whole number from 1 to 65535, not 0'],
      [{ ports: { '0x50': 80 } }, 'container.ports.0x50 must be a whole number from 1 to 65535, not "0x50"'],
      [{ ports: [80] }, 'container.ports must be an object, not an array'],
      [{ status: 'paused' }, 'container.status must be "running" or "stopped" or "error", not "paused"'],
      [{ image: 'a\0b' }, 'container.image must be a path, not "a\\u0000b"'],
      [
        { volumes: [{ source: '/a', target: '/b', tag: 't', readOnly: 1, driver: '9p' }] },
        'container.volumes.0.readOnly must be true or false, not 1',
      ],
      [{ disks: undefined }, 'container.disks must be a list, not undefined'],
      [{ identity: { writtenAtMs: -1 } }, 'container.identity.writtenAtMs must be a whole number from 0, not -1'],
    ];
    for (const [changes, message] of cases) {
      expect(() => encodeContainer({ ...machine(), ...changes })).toThrow(new TypeError(message));
    }
    expect(() => encodeContainer(undefined as unknown as Container)).toThrow(
      'container must be an object, not undefined',
    );
  });

  it('decodeContainer refuses by the key of the file', () => {
    expect(() => decodeContainer(json({ started_at: 'yesterday' }))).toThrow(
      'started_at must be a date as ISO 8601 writes it, not "yesterday"',
    );
    expect(() => decodeContainer(json({ volumes: [{ source: '' }] }))).toThrow(
      'volumes.0.source must be a path, not ""',
    );
    expect(() => decodeContainer(json({ version: '1' }))).toThrow('version must be 1, not "1"');
    expect(() => decodeContainer(json({ version: 2 }))).toThrow(NewerVersion);
    expect(() => decodeContainer('[]')).toThrow('it must be an object, not an array');
  });
});

describe('Ugly', () => {
  it('decodeContainer refuses each key that is missing or of another type, and nothing else happens', () => {
    const complete = JSON.parse(json({})) as Record<string, unknown>;
    const others = [null, [], {}, true, 'x\0', -1, 1.5, undefined];
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(complete)), fc.constantFrom(...others), (key, other) => {
        const fault = ((): unknown => {
          try {
            return decodeContainer(JSON.stringify({ ...complete, [key]: other }));
          } catch (error) {
            return error;
          }
        })();
        const isMissingAllowed = other === undefined && ['identity', 'ssh_key', 'cmdline'].includes(key);
        const isEmptyAllowed = JSON.stringify(other) === '{}' && key === 'ports';
        const isListAllowed = JSON.stringify(other) === '[]' && (key === 'volumes' || key === 'disks');
        const isFlag = other === true && ['write_image', 'auto_remove', 'suspended'].includes(key);
        if (isMissingAllowed || isEmptyAllowed || isListAllowed || isFlag) return;
        expect(fault).toBeInstanceOf(Misfit);
        expect((fault as Misfit).message).toContain(key);
      }),
      { numRuns: 300 },
    );
  });

  it('decodeContainer never takes a torn file for a whole one', () => {
    const whole = encodeContainer(machine());
    for (let length = 0; length < whole.length - 2; length += 1) {
      expect(() => decodeContainer(whole.slice(0, length))).toThrow();
    }
  });
});
