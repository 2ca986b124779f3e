/** What became of one action. */
export interface ActionResult {
  /** `publish_draft`, `send_fix_command`, … */
  readonly action: string;
  readonly repoOwner: string;
  readonly repoName: string;
  readonly epicNumber: number;
  readonly childNumber: number;
  readonly prNumber: number;
  readonly success: boolean;
  /** Why it failed, without secrets. */
  readonly error?: string | undefined;
  /** When it was over. */
  readonly timestamp: Date;
  readonly durationMs: number;
  /** The cycle of the poller in which it was taken up. */
  readonly cycle: number;
}
