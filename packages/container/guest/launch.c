#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"

extern char **environ;

static pid_t enter; /* the process whose namespaces commands run in; 0: the agent's own */

void launch_enter(pid_t pid)
{
	enter = pid;
}

/* All that a new process needs to become the command. It shares the agent's memory, and so makes nothing of its own. */
struct birth {
	const struct launch *launch;
	struct account account;
	gid_t groups[MAX_GROUPS];
	size_t group_count;
	char **environment;
	const char *home, *search;
	int fds[3];
	struct failure failure;
};

/* Says why something is not done. */
bool refuse(struct failure *failure, int error, enum stage stage)
{
	*failure = (struct failure){.error = error, .stage = (int32_t)stage};
	return false;
}

/* Adds a variable, or replaces the one of the same name. `text` must live on. */
static void set_variable(char **environment, const char *text)
{
	size_t length = (size_t)(strchr(text, '=') - text) + 1;
	while (*environment != NULL && strncmp(*environment, text, length) != 0)
		environment++;
	*environment = (char *)text;
}

static const char *get_variable(char **environment, const char *name)
{
	size_t length = strlen(name);
	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

static size_t count_of(char **list)
{
	size_t count = 0;
	while (list[count] != NULL)
		count++;
	return count;
}

/* The agent's own variables, those of the account, and those that were asked for; the last one of a name counts. */
static bool make_environment(struct birth *birth)
{
	static const char PATH[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	const struct launch *launch = birth->launch;
	size_t most = count_of(environ) + count_of(launch->variables) + 8;
	char **made = birth->environment = calloc(most, sizeof(char *));
	if (made == NULL)
		return false;
	set_variable(made, PATH);
	for (char **each = environ; *each != NULL; each++)
		if (strchr(*each, '=') != NULL && strncmp(*each, "PWD=", 4) != 0 && strncmp(*each, "OLDPWD=", 7) != 0)
			set_variable(made, *each);
	for (size_t i = 0; birth->account.known && i < ACCOUNT_VARIABLES; i++)
		set_variable(made, birth->account.variables[i]);
	if (launch->terminal)
		set_variable(made, "TERM=xterm-256color");
	for (char **each = launch->variables; *each != NULL; each++)
		set_variable(made, *each);
	birth->home = get_variable(made, "HOME");
	birth->search = get_variable(made, "PATH");
	return true;
}

static void forget_signals(void)
{
	sigset_t none;
	sigemptyset(&none);
	for (int number = 1; number < 32; number++)
		signal(number, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static bool enter_namespaces(void)
{
	static const char *const NAMES[] = {"uts", "ipc", "net", "mnt"};
	char path[64];
	int fds[4];
	if (enter == 0)
		return true;
	for (int i = 0; i < 4; i++) { /* all are opened before /proc is another one */
		snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)enter, NAMES[i]);
		if ((fds[i] = open(path, O_RDONLY | O_CLOEXEC)) < 0)
			return false;
	}
	for (int i = 0; i < 4; i++)
		if (setns(fds[i], 0) != 0)
			return false;
	return true;
}

/* By the system calls themselves: those of the C library think of threads, which there are none of. */
static bool become(const struct birth *birth)
{
	if (birth->account.uid == geteuid())
		return true;
	return syscall(SYS_setgroups, birth->group_count, birth->groups) == 0 &&
	       syscall(SYS_setgid, birth->account.gid) == 0 && syscall(SYS_setuid, birth->account.uid) == 0;
}

static bool go_to(const struct birth *birth)
{
	if (birth->launch->directory != NULL)
		return chdir(birth->launch->directory) == 0;
	return (birth->home != NULL && chdir(birth->home) == 0) || chdir("/") == 0;
}

/* Looks for the program as shells do; comes back only where it cannot be run, with the most telling error. */
static void execute(const struct birth *birth)
{
	char **arguments = birth->launch->arguments;
	char path[4096];
	int error = ENOENT;
	if (strchr(arguments[0], '/') != NULL) {
		execve(arguments[0], arguments, birth->environment);
		return;
	}
	for (const char *dir = birth->search, *end; dir != NULL; dir = *end != 0 ? end + 1 : NULL) {
		end = strchrnul(dir, ':');
		int length = snprintf(path, sizeof path, "%.*s%s%s", (int)(end - dir), dir, end > dir ? "/" : "", arguments[0]);
		if (length < 0 || (size_t)length >= sizeof path)
			continue;
		execve(path, arguments, birth->environment);
		if (errno != ENOENT && errno != ENOTDIR)
			error = errno;
	}
	errno = error;
}

static _Noreturn void give_up(struct birth *birth, enum stage stage)
{
	birth->failure = (struct failure){.error = errno, .stage = (int32_t)stage};
	_exit(127);
}

/* The new process, from its birth to the program that it becomes. The agent waits so long. */
static int become_command(void *argument)
{
	struct birth *birth = argument;
	forget_signals();
	setsid();
	for (int i = 0; i < 3; i++)
		if (dup2(birth->fds[i], i) < 0)
			give_up(birth, AT_RESOURCES);
	if (birth->launch->terminal && ioctl(0, TIOCSCTTY, 0) != 0)
		give_up(birth, AT_RESOURCES);
	if (!enter_namespaces())
		give_up(birth, AT_RESOURCES);
	if (birth->account.known && !become(birth))
		give_up(birth, AT_USER);
	if (!go_to(birth))
		give_up(birth, AT_DIRECTORY);
	execute(birth);
	give_up(birth, AT_PROGRAM);
}

/* A copy of the agent would take longer to make than many a command runs: the new process uses its memory for so long. */
static pid_t give_birth(struct birth *birth)
{
	static _Alignas(16) char stack[64 * 1024];
	sigset_t all, before;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	pid_t pid = clone(become_command, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, birth);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid;
}

static void close_all(int *fds, int count)
{
	for (int i = 0; i < count; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

static void set_non_blocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* A terminal: its near end in fds[0], and its far end for the command in fds[1]. */
static bool open_terminal(const struct launch *launch, int fds[2])
{
	struct winsize size = {.ws_col = launch->columns, .ws_row = launch->rows};
	char path[64];
	fds[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fds[0] < 0 || grantpt(fds[0]) != 0 || unlockpt(fds[0]) != 0 || ptsname_r(fds[0], path, sizeof path) != 0)
		return false;
	fds[1] = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return fds[1] >= 0 && ioctl(fds[0], TIOCSWINSZ, &size) == 0;
}

/* Near ends at even places, far ends at odd ones: stdin, stdout, stderr. */
static bool open_ends(const struct launch *launch, int ends[6])
{
	int pair[2];
	for (int i = 0; i < 6; i++)
		ends[i] = -1;
	if (launch->terminal)
		return open_terminal(launch, ends);
	for (int i = 0; i < 3; i++) {
		if (pipe2(pair, O_CLOEXEC) != 0)
			return false;
		ends[2 * i] = pair[i == 0];
		ends[2 * i + 1] = pair[i != 0];
	}
	return true;
}

/* Takes over the near ends; the far ones are the command's, and that of a terminal is held as well. */
static void keep_ends(struct command *command, const int ends[6])
{
	for (int i = 0; i < 6; i += 2) {
		if (ends[i] >= 0)
			set_non_blocking(ends[i]);
		if (ends[i + 1] >= 0 && !command->terminal)
			close(ends[i + 1]);
	}
	command->in = ends[0];
	command->far = command->terminal ? ends[1] : -1;
	command->outputs[0].fd = command->terminal ? fcntl(ends[0], F_DUPFD_CLOEXEC, 3) : ends[2];
	command->outputs[1].fd = ends[4];
}

static bool prepare(struct birth *birth, struct failure *failure)
{
	const char *user = birth->launch->user;
	birth->account = find_account(user, geteuid(), enter);
	if (user != NULL && !birth->account.known)
		return refuse(failure, ENOENT, AT_USER);
	if (birth->account.known)
		birth->group_count = find_groups(&birth->account, birth->groups, enter);
	if (!make_environment(birth))
		return refuse(failure, ENOMEM, AT_RESOURCES);
	return true;
}

/* Starts the command: when it has become its program, or is told why it cannot. */
bool launch_start(struct command *command, const struct launch *launch, struct failure *failure)
{
	struct birth birth = {.launch = launch};
	int ends[6];
	pid_t pid = -1;
	if (!prepare(&birth, failure)) {
		free(birth.environment);
		return false;
	}
	bool opened = open_ends(launch, ends);
	for (int i = 0; i < 3; i++)
		birth.fds[i] = launch->terminal ? ends[1] : ends[2 * i + 1];
	if (opened)
		pid = give_birth(&birth);
	int error = errno;
	free(birth.environment);
	if (pid < 0 || birth.failure.error != 0) {
		close_all(ends, 6);
		if (pid < 0)
			return refuse(failure, error, AT_RESOURCES);
		*failure = birth.failure;
		return false;
	}
	command->pid = pid;
	command->terminal = launch->terminal;
	command->credit = launch->credit;
	keep_ends(command, ends);
	return true;
}
