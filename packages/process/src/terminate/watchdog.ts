import { type ChildProcess, spawnChild } from '../spawn.ts';
import { COOKIE_NAME } from './cookie.ts';

/** What a {@link Watchdog} is made from. */
export interface WatchdogOptions {
  /** The beginning of the marks of all that it has to end; `undefined` where environments cannot be read. */
  readonly mark: string | undefined;
  /** How long those have, after the polite signal, that this program left behind. */
  readonly gracePeriodMs: number;
  /** The shell that runs it. */
  readonly shell: string;
}

const ROUNDS_PER_SECOND = 50;
const NO_SHELL: ReadonlySet<unknown> = new Set(['ENOENT', 'EACCES', 'ENOEXEC']);
/** A shell that ends again and again is of no use. */
const MOST_REPLACEMENTS = 8;

/**
 * Arguments: the beginning of the marks, or nothing, and for how many rounds of 20 ms those that are left have time.
 *
 * Input: `+ TARGET` and `- TARGET` (what `kill` takes: a pid, or a group with a minus), `!` before a start, whose `+`
 * follows, `q` when all is well. The end of the input without a `q` means that the program is gone, however it went.
 * A process has no mark between fork and exec, hence the last look after a start that was under way.
 */
const SCRIPT = `trap '' HUP INT QUIT TERM
export LC_ALL=C
all=' ' starting=
while read -r what target; do
  case $what in
    !) starting=1 ;;
    +) starting= all="$all$target " ;;
    -) case $all in *" $target "*) all="\${all%% $target *} \${all#* $target }" ;; esac ;;
    q) exit 0 ;;
  esac
done
marked() {
  [ -n "$1" ] || return 0
  for file in $(grep -lzs "^${COOKIE_NAME}=\\(.*:\\)\\{0,1\\}$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    echo "\${pid%/environ}"
  done
}
strike() {
  for target in $all $(marked "$2"); do kill -"$1" "$target" 2>/dev/null; done
}
left() {
  for target in $all; do kill -0 "$target" 2>/dev/null && return 0; done
  [ -n "$(marked "$1")" ]
}
strike TERM "$1"
round=0
while [ $round -lt $2 ] && left "$1"; do
  sleep 0.02
  round=$((round + 1))
done
round=0
while [ -n "$starting" ] || left "$1"; do
  strike KILL "$1"
  [ $round -lt 250 ] || exit 1
  [ $round -lt 10 ] || starting=
  sleep 0.02
  round=$((round + 1))
done
`;

/**
 * A small shell that outlives this program by moments: it reads from a pipe which processes there are, and when the
 * pipe ends, because this program exited, crashed or was killed, it ends them.
 *
 * It is a session of its own, so that no terminal and no kill of a group reaches it, and does not keep this program
 * running.
 */
export class Watchdog {
  readonly #options: WatchdogOptions;
  readonly #targets = new Set<number>();
  #coming: Promise<boolean> | undefined;
  #child: ChildProcess | undefined;
  #replacements = 0;
  #isClosed = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /**
   * Starts it unless it runs; `false` where there is no shell to run it.
   *
   * @throws The system's own error where it lacks the means for one more process.
   */
  ready(): Promise<boolean> {
    this.#coming ??= this.#start().then(
      () => true,
      (error: unknown) => {
        if (NO_SHELL.has((error as NodeJS.ErrnoException).code)) return false;
        this.#coming = undefined;
        throw error;
      },
    );
    return this.#coming;
  }

  /** A start comes next, in this turn of the loop; {@link started} or {@link notStarted} follows. */
  starting(): void {
    this.#tell('!\n');
  }

  /** The process, or with a negative number the group, that was just started. */
  started(target: number): void {
    this.#targets.add(target);
    this.#tell(`+ ${String(target)}\n`);
  }

  notStarted(): void {
    this.#tell('+\n');
  }

  /** It is over and nothing is left of it: its number may soon mean something else. */
  ended(target: number): void {
    if (this.#targets.delete(target)) this.#tell(`- ${String(target)}\n`);
  }

  /** Sends it away; nothing is ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#coming;
    const child = this.#child;
    if (child === undefined) return;
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.ref();
    child.stdin?.end('q\n');
    await over;
  }

  async #start(): Promise<void> {
    const { mark = '', gracePeriodMs, shell } = this.#options;
    const rounds = String(Math.ceil((gracePeriodMs / 1000) * ROUNDS_PER_SECOND));
    const pattern = mark.replaceAll('.', '[.]');
    await spawnChild(
      {
        file: shell,
        args: ['-c', SCRIPT, 'core-process-watchdog', pattern, rounds],
        dir: '/',
        env: { PATH: [process.env['PATH'], '/usr/bin:/bin'].filter(Boolean).join(':') },
        stdio: ['pipe', 'ignore', 'ignore'],
        ownSession: true,
      },
      (child) => {
        this.#adopt(child);
      },
    );
  }

  #adopt(child: ChildProcess): void {
    this.#child = child;
    child.unref();
    child.stdin?.on('error', () => undefined);
    if (child.stdin !== null && 'unref' in child.stdin) (child.stdin as { unref(): void }).unref();
    for (const target of this.#targets) this.#tell(`+ ${String(target)}\n`);
    child.once('exit', () => {
      this.#child = undefined;
      this.#coming = undefined;
      if (!this.#isClosed) this.#replace();
    });
  }

  /** Somebody ended it while there is something to watch. */
  #replace(): void {
    if (this.#targets.size === 0 || this.#replacements === MOST_REPLACEMENTS) return;
    this.#replacements += 1;
    this.ready().catch(() => undefined); // the next start tries again, and tells
  }

  /** Written at once, so that it is told even where this program is killed in the next instant. */
  #tell(line: string): void {
    this.#child?.stdin?.write(line);
  }
}
