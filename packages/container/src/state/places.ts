/** Where the files of a state are, on its medium. */
export class Places {
  readonly root: string;
  readonly vms: string;
  readonly names: string;
  readonly ports: string;
  readonly snapshot: string;

  constructor(stateDir: string) {
    const at = (name: string): string => (stateDir === '' ? name : `${stateDir.replace(/\/+$/, '')}/${name}`);
    this.root = stateDir;
    this.vms = at('vms');
    this.names = at('names');
    this.ports = at('ports');
    this.snapshot = at('containers.json');
  }

  machine(id: string): string {
    return `${this.vms}/${id}`;
  }

  record(id: string): string {
    return `${this.vms}/${id}/vm.json`;
  }

  name(name: string): string {
    return `${this.names}/${name}`;
  }

  port(port: number): string {
    return `${this.ports}/${String(port)}`;
  }
}
