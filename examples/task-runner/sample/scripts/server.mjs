import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const server = createServer((request, response) => {
  try {
    response.end(readFileSync(`dist/${request.url.slice(1).replaceAll('..', '') || 'index.html'}`));
  } catch {
    response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  mkdirSync('.tmp', { recursive: true });
  writeFileSync('.tmp/address', address); // a port that was free: whoever asks reads it here
  console.log(`listening on ${address}`);
});
