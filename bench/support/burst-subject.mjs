// node burst-subject.mjs LAUNCHER COUNT: starts /bin/true so often in one turn of the event loop, and prints for how many
// milliseconds it stood still at most.
import { Service } from '@core/process';

const service = new Service({ launcher: process.argv[2] });
await service.run('/bin/true');
let last = performance.now();
let stallMs = 0;
const look = () => {
  const now = performance.now();
  stallMs = Math.max(stallMs, now - last);
  last = now;
};
const clock = setInterval(look, 1);
await Promise.all(Array.from({ length: Number(process.argv[3]) }, () => service.run('/bin/true')));
look();
clearInterval(clock);
await service.close();
process.stdout.write(String(stallMs));
