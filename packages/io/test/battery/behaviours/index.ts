import type { Behaviour } from '../behaviour.ts';
import { callbacks } from './callbacks.ts';
import { deleting } from './deleting.ts';
import { directories } from './directories.ts';
import { handles } from './handles.ts';
import { links } from './links.ts';
import { misuse } from './misuse.ts';
import { names } from './names.ts';
import { reading } from './reading.ts';
import { renaming } from './renaming.ts';
import { stats } from './stats.ts';
import { streams } from './streams.ts';
import { writing } from './writing.ts';

/** Everything that `node:fs` can express and a medium can be. */
export const battery: readonly Behaviour[] = [
  ...reading,
  ...writing,
  ...directories,
  ...deleting,
  ...renaming,
  ...links,
  ...stats,
  ...handles,
  ...streams,
  ...names,
  ...misuse,
  ...callbacks,
];
