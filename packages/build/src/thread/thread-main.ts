/**
 * The program of a thread, behind the definition of `engine`. It answers every request, in their order, with
 * `{ result }` or `{ error }`.
 */
export const THREAD_MAIN: string = String.raw`
const { parentPort, workerData } = require('node:worker_threads');
const started = engine(workerData);
started.catch(() => {}); // told with the first request
let last = Promise.resolve();

async function answer(request) {
  try {
    const { result, transfer } = await (await started)(request);
    parentPort.postMessage({ result }, transfer);
  } catch (error) {
    parentPort.postMessage({ error: String(error?.message ?? error) });
  }
}

parentPort.on('message', (request) => {
  last = last.then(() => answer(request));
});
`;
