#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

enum { END_OF_FILE = 4 /* what a terminal takes for the end of its input: ^D */, TURN = 16 * 1024 };

struct command *commands;

int64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void send_frame(struct link *link, uint32_t channel, enum type type, const void *payload, size_t length)
{
	if (link == NULL)
		return;
	frame_put(&link->output, &(struct frame){link->session, channel, type, payload, length});
}

static void send_number(struct command *command, enum type type, uint32_t number)
{
	uint8_t bytes[4];
	put_u32(bytes, number);
	send_frame(command->link, command->channel, type, bytes, sizeof bytes);
}

static void send_failure(struct link *link, uint32_t channel, const struct failure *failure)
{
	uint8_t payload[256];
	const char *text = strerror(failure->error);
	size_t length = strlen(text);
	put_u32(payload, (uint32_t)failure->error);
	payload[4] = (uint8_t)failure->stage;
	memcpy(payload + 5, text, length);
	send_frame(link, channel, FAILED, payload, 5 + length);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct command *command)
{
	close_fd(&command->in);
	close_fd(&command->far);
	close_fd(&command->outputs[0].fd);
	close_fd(&command->outputs[1].fd);
}

static void forget(struct command *command)
{
	struct command **at = &commands;
	while (*at != command)
		at = &(*at)->next;
	*at = command->next;
	close_all(command);
	queue_free(&command->request);
	queue_free(&command->input);
	free(command);
}

static struct command *find(const struct link *link, uint32_t channel)
{
	for (struct command *each = commands; each != NULL; each = each->next)
		if (each->link == link && each->channel == channel)
			return each;
	return NULL;
}

/* What still comes of a request that was refused must not become another one. The oldest of many is forgotten. */
static void refuse_rest(struct link *link, uint32_t channel)
{
	link->refused[link->next_refused++ % MAX_COMMANDS] = channel;
}

/* Whether this belongs to a refused request, the last frame of which is RUN. */
static bool is_rest(struct link *link, const struct frame *frame)
{
	for (size_t i = 0; i < MAX_COMMANDS; i++) {
		if (link->refused[i] == 0 || link->refused[i] != frame->channel)
			continue;
		if (frame->type == RUN)
			link->refused[i] = 0;
		return true;
	}
	return false;
}

static struct command *add(struct link *link, uint32_t channel)
{
	struct failure failure = {.error = EAGAIN, .stage = AT_RESOURCES};
	size_t count = 0;
	for (struct command *each = commands; each != NULL; each = each->next)
		count++;
	struct command *command = count < MAX_COMMANDS ? calloc(1, sizeof *command) : NULL;
	if (command == NULL) {
		send_failure(link, channel, &failure);
		refuse_rest(link, channel);
		return NULL;
	}
	command->link = link;
	command->channel = channel;
	command->in = command->far = -1;
	command->outputs[0] = (struct output){.fd = -1, .type = STDOUT};
	command->outputs[1] = (struct output){.fd = -1, .type = STDERR};
	command->next = commands;
	commands = command;
	return command;
}

/* To all that it started, or to itself as long as it has no group of its own. */
static void send_signal(const struct command *command, int number)
{
	if (command->pid > 0 && !command->exited && kill(-command->pid, number) != 0 && errno == ESRCH)
		kill(command->pid, number);
}

static void end_after(struct command *command, int number, int64_t grace_ms)
{
	command->ending = true;
	command->kill_at = now_ms() + grace_ms;
	send_signal(command, number);
}

/* Nobody is interested in it any more. */
static void command_abandon(struct command *command)
{
	command->link = NULL;
	close_all(command);
	if (command->pid == 0)
		forget(command);
	else
		end_after(command, SIGTERM, GRACE_MS);
}

void commands_abandon(struct link *link)
{
	memset(link->refused, 0, sizeof link->refused);
	for (struct command *each = commands, *next; each != NULL; each = next) {
		next = each->next;
		if (each->link == link)
			command_abandon(each);
	}
}

static void run(struct command *command)
{
	struct launch launch;
	struct failure failure;
	bool ok = launch_read(&launch, &command->request, &failure) && launch_start(command, &launch, &failure);
	launch_free(&launch);
	queue_free(&command->request);
	if (ok)
		return;
	send_failure(command->link, command->channel, &failure);
	forget(command);
}

static void add_request(struct command *command, const struct frame *frame)
{
	struct failure failure = {.error = E2BIG, .stage = AT_REQUEST};
	if (command->request.length + frame->length <= MAX_REQUEST) {
		queue_put(&command->request, frame->payload, frame->length);
		return;
	}
	send_failure(command->link, command->channel, &failure);
	refuse_rest(command->link, command->channel);
	forget(command);
}

static void add_input(struct command *command, const struct frame *frame)
{
	if (command->in < 0 || command->input_ends)
		return;
	/* a host that sends more than it may has lost count: nothing good comes of that command */
	if (command->input.length + frame->length > INPUT_WINDOW) {
		end_after(command, SIGKILL, 0);
		return;
	}
	queue_put(&command->input, frame->payload, frame->length);
	if (frame->length > 0) {
		uint8_t last = frame->payload[frame->length - 1];
		command->amid_line = last != '\n' && last != '\r' && last != END_OF_FILE;
	}
}

static void end_input(struct command *command)
{
	static const uint8_t ENDS[] = {END_OF_FILE, END_OF_FILE};
	if (command->in < 0 || command->input_ends)
		return;
	command->input_ends = true;
	if (command->terminal) /* behind an unfinished line, the first one only hands over that line */
		queue_put(&command->input, ENDS, command->amid_line ? 2 : 1);
	else if (command->input.length == 0)
		close_fd(&command->in);
}

static void take_signal(struct command *command, const struct frame *frame)
{
	if (frame->length != 5)
		return;
	uint32_t grace_ms = get_u32(frame->payload + 1);
	if (grace_ms > 0)
		end_after(command, frame->payload[0], grace_ms);
	else
		send_signal(command, frame->payload[0]);
	if (command->exited) { /* only what it wrote was still on its way */
		close_fd(&command->outputs[0].fd);
		close_fd(&command->outputs[1].fd);
	}
}

static void resize(const struct command *command, const struct frame *frame)
{
	if (frame->length != 4 || !command->terminal || command->in < 0)
		return;
	struct winsize size = {.ws_col = get_u16(frame->payload), .ws_row = get_u16(frame->payload + 2)};
	ioctl(command->in, TIOCSWINSZ, &size);
}

/* What a host says about one command. What cannot be meant is left alone. */
void command_frame(struct link *link, const struct frame *frame)
{
	if (is_rest(link, frame))
		return;
	struct command *command = find(link, frame->channel);
	if (command == NULL && frame->type == REQUEST)
		command = add(link, frame->channel);
	if (command == NULL)
		return;
	if (command->pid == 0) {
		if (frame->type == REQUEST)
			add_request(command, frame);
		else if (frame->type == RUN)
			run(command);
		return;
	}
	if (frame->type == STDIN)
		add_input(command, frame);
	else if (frame->type == STDIN_END)
		end_input(command);
	else if (frame->type == KILL)
		take_signal(command, frame);
	else if (frame->type == RESIZE)
		resize(command, frame);
	else if (frame->type == WINDOW && frame->length == 4 && command->credit <= UINT32_MAX - get_u32(frame->payload))
		command->credit += get_u32(frame->payload);
}

static void close_input(struct command *command)
{
	close_fd(&command->in);
	queue_free(&command->input);
	if (!command->input_ends)
		send_frame(command->link, command->channel, STDIN_CLOSED, NULL, 0);
}

/* Its stdin takes something, or nobody reads it any more. */
void command_input(struct command *command, short events)
{
	if (command->input.length > 0 && (events & POLLOUT) != 0) {
		ssize_t count = write(command->in, queue_bytes(&command->input), command->input.length);
		if (count < 0) {
			if (errno != EAGAIN && errno != EINTR)
				close_input(command);
			return;
		}
		queue_take(&command->input, (size_t)count);
		command->written += (uint32_t)count;
		if (command->written >= INPUT_WINDOW / 4 || command->input.length == 0) {
			send_number(command, WINDOW, command->written);
			command->written = 0;
		}
		if (command->input_ends && command->input.length == 0 && !command->terminal)
			close_fd(&command->in);
	} else if ((events & (POLLERR | POLLHUP)) != 0) {
		close_input(command);
	}
}

/* Whether more of its output may be read: the host takes it, and it does not pile up here. */
bool command_reads(const struct command *command, const struct output *output)
{
	return output->fd >= 0 && command->credit > 0 && command->link->output.length < OUTPUT_ENOUGH;
}

static size_t turn_of(const struct command *command, const struct output *output)
{
	size_t most = command->credit < TURN ? command->credit : TURN;
	return output->limited && output->left < most ? output->left : most;
}

/* Reads some of its output; not all there is, since others wait for their turn. */
void command_output(struct command *command, struct output *output)
{
	uint8_t bytes[TURN];
	size_t most = turn_of(command, output);
	ssize_t count = most > 0 ? read(output->fd, bytes, most) : 0;
	if (count < 0 && (errno == EINTR || (errno == EAGAIN && !command->exited)))
		return;
	if (count <= 0) { /* EIO or EAGAIN is how a terminal ends */
		close_fd(&output->fd);
		return;
	}
	send_frame(command->link, command->channel, output->type, bytes, (size_t)count);
	command->credit -= (uint32_t)count;
	if (output->limited && (output->left -= (size_t)count) == 0)
		close_fd(&output->fd);
}

/* From now on only what it has already written is read. */
static void limit(struct command *command, struct output *output)
{
	int there = 0;
	if (output->fd < 0 || command->terminal || ioctl(output->fd, FIONREAD, &there) != 0)
		return;
	output->limited = true;
	output->left = (size_t)there;
	if (there == 0)
		close_fd(&output->fd);
}

static void exited(struct command *command, int status)
{
	command->exited = true;
	command->status = status;
	command->kill_at = 0;
	close_fd(&command->in);
	close_fd(&command->far);
	queue_free(&command->input);
	for (int i = 0; i < 2; i++) {
		if (command->ending) /* whoever ended it does not wait for its last words */
			close_fd(&command->outputs[i].fd);
		else
			limit(command, &command->outputs[i]);
	}
}

/* Takes note of processes that ended. What an ended command leaves in its group is killed before its number is free. */
void commands_reap(void)
{
	for (;;) {
		siginfo_t info = {0};
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
			return;
		struct command *command = commands;
		while (command != NULL && command->pid != info.si_pid)
			command = command->next;
		if (command != NULL && command->ending)
			kill(-command->pid, SIGKILL);
		int status = 0;
		waitpid(info.si_pid, &status, 0);
		if (command != NULL)
			exited(command, status);
	}
}

static void send_exit(const struct command *command)
{
	bool signaled = WIFSIGNALED(command->status);
	uint8_t payload[2] = {signaled, (uint8_t)(signaled ? WTERMSIG(command->status) : WEXITSTATUS(command->status))};
	send_frame(command->link, command->channel, EXITED, payload, sizeof payload);
}

/* Kills what was asked to end and did not, and lets go of what is over. */
void commands_sweep(void)
{
	for (struct command *each = commands, *next; each != NULL; each = next) {
		next = each->next;
		if (each->kill_at > 0 && now_ms() >= each->kill_at) {
			each->kill_at = 0;
			send_signal(each, SIGKILL);
		}
		if (!each->exited || each->outputs[0].fd >= 0 || each->outputs[1].fd >= 0)
			continue;
		send_exit(each);
		forget(each);
	}
}
