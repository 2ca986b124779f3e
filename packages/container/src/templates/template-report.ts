/** One thing that is wrong with a template. */
export interface TemplateProblem {
  /** `error`: LinuxKit refuses it. `warning`: it builds, and does not do what it looks like. */
  readonly severity: 'error' | 'warning';
  /** `schema`, `mutable-tag`, …: permanent names, documented in the guide. */
  readonly rule: string;
  /** What is wrong and what to do. */
  readonly message: string;
  /** The first is 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `services/0/image`. */
  readonly at: string;
}

/** How a template is judged. */
export interface TemplateReport {
  /** LinuxKit would take it: there are no errors. */
  readonly valid: boolean;
  /** By line. */
  readonly problems: readonly TemplateProblem[];
}
