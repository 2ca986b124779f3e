import type { Target } from '../target.ts';
import type { BuildConfig } from './build-config.ts';
import { NAME_TEMPLATE, TEXT_TEMPLATE } from './name-template.ts';
import type { ListShape, MapShape, ShapeOf, TextRule } from './shape.ts';

const FILE_NAME: TextRule = {
  pattern: /^(?!\.{1,2}$)[^/\\\u0000-\u001f]+$/u,
  wanted: 'a file name without slashes',
};
const ONE_WORD: TextRule = { pattern: /^[^\s/\\]+$/u, wanted: 'one word without slashes' };
const NOT_EMPTY: TextRule = { pattern: /\S/u, wanted: 'a text that is not empty' };
const INSIDE: TextRule = {
  pattern: /^(?!\/|[A-Za-z]:|.*(?:^|\/)\.\.(?:\/|$)).*\S/u,
  wanted: 'a pattern of files inside the project',
};
const ASSIGNMENT: TextRule = { pattern: /^[A-Za-z_][A-Za-z0-9_]*=/u, wanted: 'KEY=value' };

const ARGUMENT: TextRule = {
  pattern: /^[A-Za-z_][A-Za-z0-9_]*(?:=|$)/u,
  wanted: 'KEY=value, or KEY alone for its value in the environment',
};

const NODE_VERSION: TextRule = { pattern: /^\d+(?:\.\d+){0,2}$/u, wanted: 'a version such as 22 or 22.14.0' };
const IMAGE_NAME: TextRule = {
  pattern: /^[a-z0-9][a-z0-9._:/-]*$/u,
  wanted: 'the name of an image in lower case, without a tag',
};

const OPERATING_SYSTEMS = [
  ...['linux', 'darwin', 'windows', 'freebsd', 'openbsd', 'netbsd', 'dragonfly', 'solaris', 'illumos', 'aix'],
  ...['android', 'ios', 'plan9', 'js', 'wasip1'],
];
const ARCHITECTURES = [
  ...['amd64', 'arm64', '386', 'arm', 'riscv64', 'ppc64', 'ppc64le', 's390x', 'loong64'],
  ...['mips', 'mipsle', 'mips64', 'mips64le', 'wasm'],
];

/** A list of texts; `rule` holds for each. */
function texts(doc: string, values?: readonly string[], rule: TextRule = NOT_EMPTY): ListShape<string> {
  const of: ShapeOf<string> = { kind: 'text', doc: 'One of them.', rule };
  return values === undefined ? { kind: 'list', doc, of } : { kind: 'list', doc, of, default: values };
}

/** A text of `sign` that may come from the environment. */
function variable(doc: string, name: string, spelled?: string): ShapeOf<string> {
  const secret = name.endsWith('PASSWORD');
  return {
    kind: 'text',
    doc,
    default: `$${name}`,
    expand: true,
    secret,
    ...(spelled === undefined ? {} : { spelled }),
  };
}

const TARGET: MapShape<Target> = {
  kind: 'map',
  doc: 'One target.',
  required: ['os', 'arch'],
  keys: {
    os: { kind: 'text', doc: 'Operating system, in the words of Go.', choices: OPERATING_SYSTEMS },
    arch: { kind: 'text', doc: 'Processor, in the words of Go.', choices: ARCHITECTURES },
  },
};

const DEFAULT_TARGETS: readonly Target[] = [
  { os: 'linux', arch: 'amd64' },
  { os: 'linux', arch: 'arm64' },
  { os: 'darwin', arch: 'arm64' },
  { os: 'windows', arch: 'amd64' },
];

/** The one definition of the file: what is checked, what is the default, what editors are told. */
export const DEFINITION: MapShape<BuildConfig> = {
  kind: 'map',
  doc: 'How a project is built and released.',
  keys: {
    version: { kind: 'number', doc: 'Version of the format of this file.', choices: [1], default: 1 },
    project: {
      kind: 'map',
      doc: 'What is built. What is not said is taken from the project.',
      keys: {
        name: { kind: 'text', doc: 'Name of the project.', rule: NOT_EMPTY },
        description: { kind: 'text', doc: 'One sentence about it.' },
        main: { kind: 'text', doc: 'The entry: a Go package, a Node program.', default: '.', rule: NOT_EMPTY },
        binary: { kind: 'text', doc: 'Name of the program that is made.', rule: FILE_NAME },
        version: { kind: 'text', doc: 'Version of the release.', rule: ONE_WORD },
      },
    },
    build: {
      kind: 'map',
      doc: 'How it is built.',
      keys: {
        cgo: { kind: 'flag', doc: 'Whether Go may use C.', default: false },
        flags: texts('Flags of the Go compiler.', ['-trimpath']),
        ldflags: texts('Flags of the Go linker; the fields of archive names may be used.', ['-s', '-w'], TEXT_TEMPLATE),
        env: texts('Variables for every command.', [], ASSIGNMENT),
        hooks: {
          kind: 'map',
          doc: "Shell lines that are run in the project's folder.",
          keys: {
            before: texts('Before anything else.', []),
            after: texts('When all targets are built, before they are archived.', []),
          },
        },
      },
    },
    node: {
      kind: 'map',
      doc: 'What a Node program becomes.',
      keys: {
        output: {
          kind: 'text',
          doc: 'One file with Node inside, or one script that needs a Node.',
          choices: ['executable', 'script'],
          default: 'executable',
        },
        version: {
          kind: 'text',
          doc: 'The Node that goes into executables: 22, 22.14 or 22.14.0.',
          rule: NODE_VERSION,
        },
      },
    },
    docker: {
      kind: 'map',
      doc: 'What an image is made of, and where it goes.',
      keys: {
        file: { kind: 'text', doc: 'The recipe; Dockerfile or Containerfile where it is not said.', rule: INSIDE },
        image: { kind: 'text', doc: 'Name of the image, with its registry.', rule: IMAGE_NAME },
        tags: texts('Its tags; {{.Version}} and the other fields of archive names may be used.', ['{{.Version}}']),
        args: texts('Arguments of the build: KEY=value, or KEY for its value in the environment.', [], ARGUMENT),
        output: { kind: 'text', doc: 'What is made for each target.', choices: ['oci', 'docker'], default: 'oci' },
        load: { kind: 'flag', doc: 'Hand the images to the local store of the tool, too.', default: false },
        push: { kind: 'flag', doc: 'Send the images to their registry, too.', default: false },
      },
    },
    linuxkit: {
      kind: 'map',
      doc: 'Which machine images are made.',
      keys: {
        file: { kind: 'text', doc: 'The recipe; the one that was detected where it is not said.', rule: INSIDE },
        formats: texts('In the words of linuxkit build -format.', ['iso-efi'], ONE_WORD),
      },
    },
    targets: { kind: 'list', doc: 'What it is built for.', of: TARGET, default: DEFAULT_TARGETS, unique: true },
    archive: {
      kind: 'map',
      doc: 'How the files of a target are packed.',
      keys: {
        format: { kind: 'text', doc: 'windows always gets a zip.', choices: ['gz', 'xz', 'zip', 'zst'], default: 'gz' },
        files: texts('Patterns of files that go into every archive.', undefined, INSIDE),
        wrap: { kind: 'flag', doc: 'Put everything into one folder named after the archive.', default: false },
        name: {
          kind: 'text',
          doc: 'Name of an archive without its extension.',
          default: '{{.Binary}}_{{.OS}}_{{.Arch}}',
          rule: NAME_TEMPLATE,
        },
      },
    },
    checksum: {
      kind: 'map',
      doc: 'The file of checksums.',
      keys: {
        file: { kind: 'text', doc: 'Its name.', default: 'CHECKSUMS.txt', rule: FILE_NAME },
        algorithm: { kind: 'text', doc: 'How they are computed.', choices: ['sha256'], default: 'sha256' },
      },
    },
    attest: {
      kind: 'map',
      doc: 'What is said of a release to those who check it.',
      keys: {
        sbom: {
          kind: 'text',
          doc: 'The list of what it is made of, in this format.',
          choices: ['none', 'cyclonedx', 'spdx'],
          default: 'none',
        },
        provenance: { kind: 'flag', doc: 'Whether to state how it was made.', default: false },
      },
    },
    sign: {
      kind: 'map',
      doc: 'Who signs. $VAR and ${VAR} stand for variables of the environment.',
      keys: {
        enabled: { kind: 'flag', doc: 'Whether anything is signed.', default: false },
        gpg: {
          kind: 'map',
          doc: 'Detached signatures by GnuPG.',
          keys: { key: variable('Id, fingerprint or e-mail address of the key.', 'GPG_KEY_ID') },
        },
        macos: {
          kind: 'map',
          doc: 'codesign and notarytool.',
          keys: {
            identity: variable('Of the certificate.', 'CODESIGN_IDENTITY'),
            notarize: { kind: 'flag', doc: "Whether Apple's notary is asked.", default: false },
            appleId: variable('Account of the notary.', 'APPLE_ID', 'apple_id'),
            teamId: variable('Team of the account.', 'APPLE_TEAM_ID', 'team_id'),
            appPassword: variable('App-specific password of the account.', 'APPLE_APP_PASSWORD', 'app_password'),
          },
        },
        windows: {
          kind: 'map',
          doc: 'signtool or osslsigncode.',
          keys: {
            certificate: { kind: 'text', doc: 'PKCS #12 file, or thumbprint in the store of Windows.', expand: true },
            password: { kind: 'text', doc: 'Password of the file.', expand: true, secret: true },
          },
        },
      },
    },
  },
};
