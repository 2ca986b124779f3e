#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent.h"

/* Session 0 says that the agent is new: it knows of no command that it was asked for before. */
static void send_hello(struct link *link, uint32_t session)
{
	char text[512], boot_id[64] = "";
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	if (file != NULL && fgets(boot_id, sizeof boot_id, file) != NULL)
		boot_id[strcspn(boot_id, "\n")] = 0;
	if (file != NULL)
		fclose(file);
	int length = snprintf(text, sizeof text,
			      "{\"protocol\":%d,\"version\":\"%s\",\"bootId\":\"%s\",\"maxPayload\":%d,"
			      "\"inputWindow\":%d,\"maxCommands\":%d,\"maxRequest\":%d,"
			      "\"capabilities\":[\"exec\",\"tty\",\"kill\",\"user\"]}",
			      PROTOCOL, AGENT_VERSION, boot_id, MAX_PAYLOAD, INPUT_WINDOW, MAX_COMMANDS, MAX_REQUEST);
	link->session = session;
	send_frame(link, 0, HELLO, text, (size_t)length);
}

static void greet(struct link *link, uint32_t session)
{
	if (link->session != session || !link->greeted)
		commands_abandon(link);
	link->greeted = true;
	send_hello(link, session);
}

static void take_frame(struct link *link, const struct frame *frame)
{
	if (frame->type == HELLO)
		greet(link, frame->session);
	else if (!link->greeted || frame->session != link->session)
		return; /* of a host that is gone */
	else if (frame->type == PING)
		send_frame(link, frame->channel, PONG, frame->payload, frame->length);
	else if (frame->channel != 0)
		command_frame(link, frame);
}

/* The host is gone: its commands end, and the next one begins anew. */
static void disconnect(struct link *link)
{
	commands_abandon(link);
	parser_reset(&link->parser);
	queue_free(&link->output);
	link->greeted = false;
	link->away = true;
	if (link->listener >= 0) {
		close(link->fd);
		link->fd = -1;
	}
}

void link_flush(struct link *link)
{
	while (!link->away && link->output.length > 0) {
		ssize_t count = write(link->fd, queue_bytes(&link->output), link->output.length);
		if (count > 0) {
			queue_take(&link->output, (size_t)count);
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			disconnect(link);
		return;
	}
}

static void receive(struct link *link)
{
	uint8_t *room;
	size_t most = parser_room(&link->parser, &room);
	ssize_t count = read(link->fd, room, most);
	if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
		if (count < 0 && errno == ENODEV)
			fail(1, "its port was taken away");
		disconnect(link);
		return;
	}
	if (count < 0)
		return;
	struct frame frame;
	link->parser.length += (size_t)count;
	while (parser_next(&link->parser, &frame))
		take_frame(link, &frame);
}

/* Sees whether a host has come to a port, or a client to a socket. */
static void look(struct link *link)
{
	if (!link->away)
		return;
	if (link->listener >= 0) {
		link->fd = accept4(link->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
		link->away = link->fd < 0;
	} else {
		struct pollfd port = {.fd = link->fd, .events = POLLIN};
		link->away = poll(&port, 1, 0) >= 0 && (port.revents & POLLHUP) != 0;
	}
	if (!link->away)
		send_hello(link, 0);
}

void link_serve(struct link *link, short events)
{
	look(link);
	if (link->away)
		return;
	if ((events & POLLIN) != 0)
		receive(link);
	else if ((events & (POLLHUP | POLLERR)) != 0)
		disconnect(link);
}
