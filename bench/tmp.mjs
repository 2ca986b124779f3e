import { zipEncoder, tarGzEncoder, unpackWithReader } from '@core/build/testing';
const entries = Array.from({ length: 65600 }, (_, i) => ({ kind: 'dir', name: `d${i}` }));
const files = Array.from({ length: 20000 }, (_, i) => ({ kind: 'file', name: `d${i}`, size: 5, executable: false, async *content() { yield Buffer.from('hello') } }));
for (const [n, list] of [['dirs', entries], ['files', files]]) for (const e of [zipEncoder, tarGzEncoder]) {
  let t = process.cpuUsage(); const parts = [];
  for await (const p of e.encode(list, { mtime: 1e9, level: 6, workers: 2 })) parts.push(p);
  console.log(n, e.format, 'encode cpu ms', process.cpuUsage(t).user / 1000, process.cpuUsage(t).system/1000);
  t = process.cpuUsage(); await unpackWithReader(Buffer.concat(parts)); console.log(n, e.format, 'read cpu ms', process.cpuUsage(t).user / 1000);
}
