#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define PORT_PREFIX "org.core.agent."
#define PORTS "/sys/class/virtio-ports"

enum { MAX_LINKS = 8, ENDS = 3, LOOK_AGAIN_MS = 250, NO_PORT = 3 };

static struct link links[MAX_LINKS];
static size_t link_count;

static const char USAGE[] =
	"Usage: core-agent [--port NAME] [--enter PID] [--wait SECONDS]\n"
	"       core-agent --socket PATH\n"
	"Runs commands that the host of a virtual machine asks for over its virtio-serial ports " PORT_PREFIX "*.\n"
	"  --port NAME     serve this port only\n"
	"  --enter PID     run commands in the namespaces of this process, and so outside of a container\n"
	"  --wait SECONDS  how long to wait for a port to appear (10)\n"
	"  --socket PATH   serve a UNIX socket, one client at a time\n"
	"  --version\n";

_Noreturn void fail(int code, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("core-agent: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(code);
}

static struct pollfd watch_link(const struct link *link)
{
	if (link->away)
		return (struct pollfd){.fd = link->listener, .events = POLLIN};
	short reads = link->output.length < OUTPUT_TOO_MUCH ? POLLIN : 0;
	return (struct pollfd){.fd = link->fd, .events = (short)(reads | (link->output.length > 0 ? POLLOUT : 0))};
}

static void watch_command(const struct command *command, struct pollfd ends[ENDS])
{
	const struct output *outputs = command->outputs;
	ends[0] = (struct pollfd){.fd = command->in, .events = command->input.length > 0 ? POLLOUT : 0};
	for (int i = 0; i < 2; i++)
		ends[1 + i] = (struct pollfd){.fd = command_reads(command, &outputs[i]) ? outputs[i].fd : -1, .events = POLLIN};
}

static void serve_command(struct command *command, const struct pollfd ends[ENDS])
{
	if (ends[0].revents != 0 && command->in >= 0)
		command_input(command, ends[0].revents);
	for (int i = 0; i < 2; i++)
		if (command->link != NULL && command_reads(command, &command->outputs[i]) &&
		    (ends[1 + i].revents != 0 || command->exited))
			command_output(command, &command->outputs[i]);
}

/* How long nothing has to be done if nothing happens; -1: for ever. */
static int64_t rest_ms(void)
{
	int64_t rest = -1;
	for (size_t i = 0; i < link_count; i++)
		if (links[i].away && links[i].listener < 0)
			rest = LOOK_AGAIN_MS; /* where the signal that tells of it was missed */
	for (const struct command *each = commands; each != NULL; each = each->next) {
		if (each->exited && (command_reads(each, &each->outputs[0]) || command_reads(each, &each->outputs[1])))
			return 0; /* nothing comes any more: what is there is all there is */
		int64_t left = each->kill_at > 0 ? each->kill_at - now_ms() : -1;
		if (each->kill_at > 0 && (rest < 0 || left < rest))
			rest = left > 0 ? left : 0;
	}
	return rest;
}

/* The first becomes the last, so that each is served first once. */
static void rotate(void)
{
	struct command *first = commands, **at = &commands;
	if (first == NULL || first->next == NULL)
		return;
	commands = first->next;
	while (*at != NULL)
		at = &(*at)->next;
	*at = first;
	first->next = NULL;
}

static void wait_for(struct pollfd *ends, size_t count)
{
	sigset_t none;
	sigemptyset(&none);
	int64_t rest = rest_ms();
	struct timespec time = {.tv_sec = rest / 1000, .tv_nsec = rest % 1000 * 1000000};
	if (ppoll(ends, count, rest < 0 ? NULL : &time, &none) >= 0)
		return;
	for (size_t i = 0; i < count; i++)
		ends[i].revents = 0; /* a signal: what it tells of is looked for in any case */
}

static void turn(void)
{
	static struct pollfd ends[MAX_LINKS + ENDS * MAX_COMMANDS];
	struct command *watched[MAX_COMMANDS];
	size_t count = 0;
	for (size_t i = 0; i < link_count; i++)
		ends[i] = watch_link(&links[i]);
	for (struct command *each = commands; each != NULL; each = each->next) {
		watch_command(each, &ends[link_count + ENDS * count]);
		watched[count++] = each;
	}
	wait_for(ends, link_count + ENDS * count);
	for (size_t i = 0; i < count; i++)
		serve_command(watched[i], &ends[link_count + ENDS * i]);
	for (size_t i = 0; i < link_count; i++)
		link_serve(&links[i], ends[i].revents);
	commands_reap();
	commands_sweep();
	rotate();
	for (size_t i = 0; i < link_count; i++)
		link_flush(&links[i]);
}

static void add_link(int fd, int listener)
{
	if (link_count == MAX_LINKS)
		return;
	struct link *link = &links[link_count++];
	link->fd = fd;
	link->listener = listener;
	link->away = true;
}

static void open_port(const char *device, const char *name)
{
	char path[512];
	snprintf(path, sizeof path, "/dev/%s", device);
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0) {
		snprintf(path, sizeof path, "/dev/virtio-ports/%s", name);
		fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	}
	if (fd < 0)
		fail(1, "cannot open the port %s: %s", name, strerror(errno));
	/* a signal tells when a host comes or goes, which poll does not tell of a port that nobody is at */
	fcntl(fd, F_SETOWN, getpid());
	fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC);
	add_link(fd, -1);
}

static void open_ports(const char *wanted)
{
	char path[512], name[128];
	DIR *ports = opendir(PORTS);
	for (struct dirent *entry; ports != NULL && (entry = readdir(ports)) != NULL;) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, PORTS "/%s/name", entry->d_name);
		FILE *file = fopen(path, "re");
		if (file == NULL)
			continue;
		bool named = fgets(name, sizeof name, file) != NULL;
		fclose(file);
		name[strcspn(name, "\n")] = 0;
		if (named && (wanted != NULL ? strcmp(name, wanted) == 0
					     : strncmp(name, PORT_PREFIX, strlen(PORT_PREFIX)) == 0))
			open_port(entry->d_name, name);
	}
	if (ports != NULL)
		closedir(ports);
}

static void await_ports(const char *wanted, long seconds)
{
	const struct timespec pause = {.tv_nsec = 50 * 1000000};
	int64_t end = now_ms() + (int64_t)seconds * 1000;
	for (open_ports(wanted); link_count == 0; open_ports(wanted)) {
		if (now_ms() >= end)
			fail(NO_PORT, "this machine has no virtio-serial port %s", wanted != NULL ? wanted : PORT_PREFIX "*");
		nanosleep(&pause, NULL);
	}
}

static void open_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof address.sun_path)
		fail(2, "the path of the socket is too long");
	strcpy(address.sun_path, path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 8) != 0)
		fail(1, "cannot listen at %s: %s", path, strerror(errno));
	add_link(-1, fd);
	printf("listening at %s\n", path);
	fflush(stdout);
}

static void nothing(int number)
{
	(void)number;
}

/* Signals end the wait, and only that. */
static void prepare_signals(void)
{
	struct sigaction action = {.sa_handler = nothing};
	sigset_t blocked;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGCHLD);
	sigaddset(&blocked, SIGIO);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	sigaction(SIGCHLD, &action, NULL);
	sigaction(SIGIO, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Whoever started it may have closed these; a command's pipe must not take their place. */
static void prepare_streams(void)
{
	int fd;
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= 2);
	if (fd >= 0)
		close(fd);
}

static long number_of(const char *option, const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);
	if (*text == 0 || *end != 0 || number < 0)
		fail(2, "--%s must be a number, not \"%s\"", option, text);
	return number;
}

int main(int count, char **arguments)
{
	static const struct option OPTIONS[] = {{"port", 1, NULL, 'p'}, {"enter", 1, NULL, 'e'}, {"wait", 1, NULL, 'w'},
						{"socket", 1, NULL, 's'}, {"version", 0, NULL, 'v'},
						{"help", 0, NULL, 'h'}, {0}};
	const char *port = NULL, *socket_path = NULL;
	long seconds = 10;
	for (int option; (option = getopt_long(count, arguments, "", OPTIONS, NULL)) >= 0;) {
		if (option == 'p')
			port = optarg;
		else if (option == 'e')
			launch_enter((pid_t)number_of("enter", optarg));
		else if (option == 'w')
			seconds = number_of("wait", optarg);
		else if (option == 's')
			socket_path = optarg;
		else if (option == 'v')
			return puts("core-agent " AGENT_VERSION) < 0;
		else {
			fputs(USAGE, option == 'h' ? stdout : stderr);
			return option == 'h' ? 0 : 2;
		}
	}
	prepare_streams();
	prepare_signals();
	if (socket_path != NULL)
		open_socket(socket_path);
	else
		await_ports(port, seconds);
	for (;;)
		turn();
}
