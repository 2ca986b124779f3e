import type { World } from './world.ts';

/** A label of a repository. Names differ by more than case. */
export class FakeLabel {
  readonly name: string;
  readonly color: string = 'ededed';
  /** Empty: GitHub's own description of its API wants a text in some places. */
  readonly description: string = '';
  readonly nodeId: string;
  readonly databaseId: number;

  constructor(world: World, name: string) {
    this.name = name;
    ({ nodeId: this.nodeId, databaseId: this.databaseId } = world.identify('LA', this));
  }
}
