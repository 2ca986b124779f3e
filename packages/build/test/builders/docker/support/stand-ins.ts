import { type ScriptedTools, scriptedTools } from '../../../support/scripted-tools.ts';

/** What a stand-in for docker with buildx is like. */
export interface DockerStandIn {
  readonly buildx?: boolean;
  readonly engine?: boolean;
  /** Says who it is for `docker buildx version`. */
  readonly version?: string;
  readonly driver?: string;
  readonly containerd?: boolean;
  readonly platforms?: string;
  /** What it makes images for, whatever it is asked for. */
  readonly makes?: string;
}

/** A body for {@link scriptedTools}: it answers as docker does, and writes an OCI layout where it is asked for one. */
export function docker({
  buildx = true,
  engine = true,
  version = 'github.com/docker/buildx v0.23.0 28c90ea',
  driver = 'docker-container',
  containerd = false,
  platforms = 'linux/amd64*, linux/arm64',
  makes,
}: DockerStandIn = {}): string {
  const status = containerd ? '[["driver-type","io.containerd.snapshotter.v1"]]' : '[["Backing Filesystem","extfs"]]';
  const say = (text: string) => `{ console.log(${JSON.stringify(text)}); process.exit(0); }`;
  const refuse = (text: string) => `{ console.error(${JSON.stringify(text)}); process.exit(1); }`;
  return `
const asked = args.slice(0, 2).join(' ');
if (asked === 'buildx version') ${buildx ? say(version) : refuse("docker: unknown command: docker buildx\n\nRun 'docker --help' for more information")}
if (args[0] === 'info') ${engine ? say(status) : refuse('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?')}
if (asked === 'buildx inspect') ${say(`Name:          mine\nDriver:        ${driver}\n\nNodes:\nName:      mine0\nStatus:    running\nPlatforms: ${platforms}`)}
${LAYOUT}
const output = args[args.indexOf('--output') + 1] ?? '';
const dest = /dest=([^,"]+)/.exec(output)?.[1];
if (dest !== undefined) layout(dest, ${makes === undefined ? "args[args.indexOf('--platform') + 1]" : JSON.stringify(makes)});
`;
}

/** Writes the smallest OCI layout that there is, with an attestation beside the image, as BuildKit may. */
const LAYOUT = `
function layout(dest, platform) {
  const crypto = require('node:crypto'), zlib = require('node:zlib');
  fs.mkdirSync(path.join(dest, 'blobs/sha256'), { recursive: true });
  const blob = (mediaType, bytes) => {
    const hex = crypto.createHash('sha256').update(bytes).digest('hex');
    fs.writeFileSync(path.join(dest, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: 'sha256:' + hex, size: bytes.length };
  };
  const json = (mediaType, value) => blob(mediaType, Buffer.from(JSON.stringify(value)));
  const [os, architecture] = platform.split('/');
  const layer = blob('application/vnd.oci.image.layer.v1.tar+gzip', zlib.gzipSync(Buffer.alloc(1024)));
  const config = json('application/vnd.oci.image.config.v1+json', { os, architecture, config: { Env: ['A=' + env.SOURCE_DATE_EPOCH] }, rootfs: { type: 'layers', diff_ids: [] } });
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const image = json(mediaType, { schemaVersion: 2, mediaType, config, layers: [layer] });
  const proof = json(mediaType, { schemaVersion: 2, mediaType, config, layers: [] });
  const inner = json('application/vnd.oci.image.index.v1+json', { schemaVersion: 2, manifests: [
    { ...image, platform: { os, architecture } }, { ...proof, platform: { os: 'unknown', architecture: 'unknown' } } ] });
  fs.writeFileSync(path.join(dest, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [inner] }));
  fs.writeFileSync(path.join(dest, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
}
`;

/** Stand-ins before a PATH that has nothing else than Node's folder: what is not given is not there. */
export function only(scripts: Readonly<Record<string, string>>): ScriptedTools {
  const tools = scriptedTools(scripts);
  const [own = ''] = (tools.env['PATH'] ?? '').split(':');
  return { ...tools, env: { ...tools.env, PATH: own } };
}

/** A stand-in that says this, and fails where it is told so. */
export function says(text: string, exitCode = 0): string {
  return `console.${exitCode === 0 ? 'log' : 'error'}(${JSON.stringify(text)}); process.exit(${String(exitCode)});`;
}
