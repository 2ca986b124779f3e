import { Service } from '../service.ts';

let shared: Service | undefined;

/** The one service that starts the commands of this program; it keeps nothing of those that are over. */
export function sharedService(): Service {
  shared ??= new Service({ maxFinished: 0 });
  return shared;
}
