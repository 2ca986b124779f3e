// node large-subject.mjs LAUNCHER MEGABYTES COUNT: a program of so much memory starts /bin/true so often, one after the
// other, and prints what one start takes in the middle and how long the event loop stood still at most, in milliseconds.
import { Service } from '@core/process';

const [launcher, megabytes, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const ballast = Array.from({ length: megabytes / 64 }, () => Buffer.alloc(64 << 20, 1));

const service = new Service({ launcher });
for (let i = 0; i < 5; i += 1) await service.run('/bin/true');

let last = performance.now();
let stallMs = 0;
const clock = setInterval(() => {
  const now = performance.now();
  stallMs = Math.max(stallMs, now - last - 1);
  last = now;
}, 1);
const times = [];
for (let i = 0; i < count; i += 1) {
  const began = performance.now();
  await service.run('/bin/true');
  times.push(performance.now() - began);
}
clearInterval(clock);
const p50 = times.toSorted((a, b) => a - b)[Math.floor(count / 2)];
process.stdout.write(JSON.stringify({ p50, stallMs, ballast: ballast.length }));
await service.close();
