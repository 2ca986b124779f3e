import { type ChildProcess, spawnChild } from '../spawn.ts';
import { COOKIE_NAME } from './cookie.ts';
import { makeUrgent } from './urgent.ts';

/** What a {@link Watchdog} is made from. */
export interface WatchdogOptions {
  /** The beginning of the marks of all that it has to end; `undefined` where environments cannot be read. */
  readonly mark: string | undefined;
  /** How long those have, after the polite signal, that this program left behind. */
  readonly gracePeriodMs: number;
  /** The shell that runs it. */
  readonly shell: string;
}

const NO_SHELL: ReadonlySet<unknown> = new Set(['ENOENT', 'EACCES', 'ENOEXEC']);
const SOON_MS = 10;
/** A shell that ends again and again is of no use. */
const MOST_REPLACEMENTS = 8;

/**
 * Arguments: the beginning of the marks as a pattern, or nothing where there is no /proc, and how many seconds those
 * that are left have to end politely.
 *
 * Input: `+ TARGET` and `- TARGET` (what `kill` takes: a pid, or a group with a minus), `!` before a start, `.` when none
 * is under way any more, `q` when all is well. The end of the input without a `q` means that the program is gone,
 * however it went.
 *
 * On a busy machine each new process waits for its turn: so what is known is struck by the shell itself, its time runs
 * while the others are looked for, and one `grep` finds them all. Corpses do not count, since they may lie for long in
 * a container without an init. Where the system allows no new process the shell gives up, and strikes once more at its
 * exit. A process has no mark between fork and exec, hence the looks after a start that was under way.
 */
const SCRIPT = `trap '' HUP INT QUIT TERM
export LC_ALL=C
all=' ' starting= found=
while read -r what target; do
  case $what in
    !) starting=1 ;;
    +) all="$all$target " ;;
    -) case $all in *" $target "*) all="\${all%% $target *} \${all#* $target }" ;; esac ;;
    .) starting= ;;
    q) exit 0 ;;
  esac
done
strike() {
  signal=$1; shift
  for target; do kill -"$signal" "$target" 2>/dev/null; done
}
trap 'strike KILL $all $found' EXIT
strike TERM $all
sleep "$2" &
pids=- groups=-
for target in $all; do
  case $target in
    -*) groups="$groups|\${target#-}" ;;
    *) pids="$pids|$target" ;;
  esac
done
in_proc() {
  exec grep -lzsE -e "^${COOKIE_NAME}=(.*:)?$1" -e "^[0-9]+ \\(.*\\) [^XZ] [0-9]+ ($groups) " \\
    -e "^($pids) \\(.*\\) [^XZ] " /proc/[0-9]*/environ /proc/[0-9]*/stat
}
look() {
  found=
  if [ -n "$1" ]; then
    for file in $(in_proc "$1"); do
      file=\${file#/proc/}
      found="$found \${file%/*}"
    done
  else
    for target in $all; do kill -0 "$target" 2>/dev/null && found="$found $target"; done
  fi
}
look "$1"
strike TERM $found
[ -n "$found" ] && wait
strike KILL $all $found
round=0
while look "$1"; [ -n "$found$starting" ]; do
  strike KILL $all $found
  [ $round -lt 250 ] || exit 1
  [ $round -lt 10 ] || starting=
  sleep 0.02
  round=$((round + 1))
done
`;

/** With which arguments a shell is the watchdog. */
export function watchdogArguments({ mark = '', gracePeriodMs }: Omit<WatchdogOptions, 'shell'>): string[] {
  return ['-c', SCRIPT, 'core-process-watchdog', mark.replaceAll('.', '[.]'), String(gracePeriodMs / 1000)];
}

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
  /** Those of them that it was not told of yet: most are over before that is worth the while. */
  readonly #untold = new Set<number>();
  #coming: Promise<boolean> | undefined;
  #child: ChildProcess | undefined;
  #replacements = 0;
  #underWay = 0;
  /** It was told that a start may be under way. */
  #isExpecting = false;
  /** What is yet to be told of those that are over. */
  #over = '';
  #soon: NodeJS.Timeout | undefined;
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

  /** A start comes next; {@link started} or {@link notStarted} follows. */
  starting(): void {
    this.#underWay += 1;
    if (this.#isExpecting) return; // it has been told so, and not yet told otherwise
    this.#isExpecting = true;
    this.#tell('!\n');
  }

  /**
   * The process, or with a negative number the group, that was just started. It is told a moment later where marks can
   * be read: up to then the shell believes that a start is under way, and would find it by its mark.
   */
  started(target: number): void {
    this.#targets.add(target);
    if (this.#options.mark === undefined) this.#tell(added(target));
    else this.#untold.add(target);
    this.notStarted();
  }

  notStarted(): void {
    this.#underWay = Math.max(this.#underWay - 1, 0);
    this.#tellSoon();
  }

  /** It is over and nothing is left of it: its number may soon mean something else. */
  ended(target: number): void {
    if (!this.#targets.delete(target) || this.#untold.delete(target)) return;
    this.#over += `- ${String(target)}\n`;
    this.#tellSoon();
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
    await spawnChild(
      {
        file: this.#options.shell,
        args: watchdogArguments(this.#options),
        dir: '/',
        env: { PATH: [process.env['PATH'], '/usr/bin:/bin'].filter(Boolean).join(':') },
        stdio: ['pipe', 'ignore', 'ignore'],
        ownSession: true,
      },
      (child) => {
        makeUrgent(child.pid); // on a busy machine everything would end late
        this.#adopt(child);
      },
    );
  }

  #adopt(child: ChildProcess): void {
    this.#child = child;
    child.unref();
    child.stdin?.on('error', () => undefined);
    if (child.stdin !== null && 'unref' in child.stdin) (child.stdin as { unref(): void }).unref();
    for (const target of this.#targets) this.#tell(added(target));
    this.#untold.clear();
    if (this.#isExpecting) this.#tell('!\n');
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

  /** What has time is told together, or goes along with the next line: a write wakes the shell. */
  #tellSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#isExpecting = this.#underWay > 0;
      this.#tell([...this.#untold].map(added).join('') + (this.#isExpecting ? '' : '.\n'));
      this.#untold.clear();
    }, SOON_MS).unref();
  }

  /** Written at once, so that it is told even where this program is killed in the next instant. */
  #tell(line: string): void {
    if (this.#over + line !== '') this.#child?.stdin?.write(this.#over + line);
    this.#over = '';
  }
}

function added(target: number): string {
  return `+ ${String(target)}\n`;
}
