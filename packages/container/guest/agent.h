/* What the parts of core-agent share. The protocol is told in ../docs/agent-protocol.md. */
#ifndef CORE_AGENT_H
#define CORE_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define AGENT_VERSION "1.0.0"
#define PROTOCOL 1

enum {
	HEADER_SIZE = 24,
	MAX_PAYLOAD = 32 * 1024,
	INPUT_WINDOW = 64 * 1024,	 /* what a command's stdin may lag behind */
	MAX_REQUEST = 2 * 1024 * 1024,	 /* arguments and environment of a command */
	MAX_COMMANDS = 64,
	OUTPUT_ENOUGH = 64 * 1024,	 /* no more output is read while so much waits for the host */
	OUTPUT_TOO_MUCH = 256 * 1024,	 /* no more is read from the host while so much waits for it */
	MAX_GROUPS = 64,
	ACCOUNT_VARIABLES = 4,
	GRACE_MS = 2000,		 /* between SIGTERM and SIGKILL where the host is gone */
};

enum type {
	HELLO = 1,
	PING = 2,
	PONG = 3,
	REQUEST = 4,
	RUN = 5,
	STDIN = 6,
	STDIN_END = 7,
	STDIN_CLOSED = 8,
	STDOUT = 9,
	STDERR = 10,
	WINDOW = 11,
	KILL = 12,
	RESIZE = 13,
	EXITED = 14,
	FAILED = 15,
};

enum field { ARGUMENT = 1, VARIABLE = 2, DIRECTORY = 3, USER = 4, TERMINAL = 5, CREDIT = 6 };

enum stage { AT_REQUEST = 0, AT_USER = 1, AT_DIRECTORY = 2, AT_PROGRAM = 3, AT_RESOURCES = 4 };

struct frame {
	uint32_t session;
	uint32_t channel;
	enum type type;
	const uint8_t *payload;
	size_t length;
};

/* Bytes that wait: what was put at the end is taken from the beginning. */
struct queue {
	uint8_t *bytes;
	size_t start, length, capacity;
};

/* Finds the frames in what comes from the host, whatever stands between them. */
struct parser {
	uint8_t bytes[2 * (HEADER_SIZE + MAX_PAYLOAD)];
	size_t start, length;
};

/* A way to a host: a virtio-serial port, or a UNIX socket where the agent is tried out without a machine. */
struct link {
	int fd;	      /* -1 while nobody is at the other end of a socket */
	int listener; /* -1 for a port */
	bool away;    /* the port is open here and not there */
	bool greeted;
	uint32_t session;
	struct parser parser;
	struct queue output;
	uint32_t refused[MAX_COMMANDS]; /* channels whose request was refused before all of it had come; 0: none */
	size_t next_refused;
};

/* Where the output of a command is read. What a grandchild writes after the command's end is not its output. */
struct output {
	int fd; /* -1 once it ended */
	enum type type;
	bool limited;
	size_t left;
};

/* A command that a host asked for. */
struct command {
	struct command *next;
	struct link *link; /* NULL once the host is gone */
	uint32_t channel;
	struct queue request;
	pid_t pid; /* 0 until it was started */
	bool exited, ending, terminal;
	int status;
	int in;
	int far; /* of its terminal: held so that it does not hang up, which kills, when the command closes its own ends */
	struct output outputs[2];
	struct queue input;
	bool input_ends;
	bool amid_line;	  /* its input so far has an unfinished line at its end */
	uint32_t written; /* of its stdin since the host was last told */
	uint32_t credit;  /* how many bytes of output the host takes */
	int64_t kill_at;  /* 0: never */
};

/* What a command is started with: strings in one allocation. */
struct launch {
	char *memory;
	char **arguments;
	char **variables;
	const char *directory, *user;
	bool terminal;
	uint16_t columns, rows;
	uint32_t credit;
};

struct failure {
	int32_t error;
	int32_t stage;
};

/* queue.c */
void queue_put(struct queue *queue, const void *bytes, size_t length);
void queue_take(struct queue *queue, size_t length);
void queue_free(struct queue *queue);
const uint8_t *queue_bytes(const struct queue *queue);

/* frames.c */
void put_u16(uint8_t *to, uint16_t number);
void put_u32(uint8_t *to, uint32_t number);
uint16_t get_u16(const uint8_t *from);
uint32_t get_u32(const uint8_t *from);
uint32_t crc32_of(const uint8_t *bytes, size_t length);
void frame_put(struct queue *queue, const struct frame *frame);
size_t parser_room(struct parser *parser, uint8_t **to);
bool parser_next(struct parser *parser, struct frame *frame);
void parser_reset(struct parser *parser);

/* Whom a command runs as, from /etc/passwd. */
struct account {
	bool known;
	uid_t uid;
	gid_t gid;
	char name[64];
	char variables[ACCOUNT_VARIABLES][300]; /* USER=, LOGNAME=, HOME=, SHELL= */
};

/* accounts.c */
struct account find_account(const char *name, uid_t uid, pid_t enter);
size_t find_groups(const struct account *account, gid_t groups[MAX_GROUPS], pid_t enter);

/* request.c */
bool launch_read(struct launch *launch, const struct queue *request, struct failure *failure);
void launch_free(struct launch *launch);

/* launch.c */
bool refuse(struct failure *failure, int error, enum stage stage);
bool launch_start(struct command *command, const struct launch *launch, struct failure *failure);
void launch_enter(pid_t pid);

/* commands.c */
extern struct command *commands;
int64_t now_ms(void);
void send_frame(struct link *link, uint32_t channel, enum type type, const void *payload, size_t length);
void command_frame(struct link *link, const struct frame *frame);
void commands_abandon(struct link *link);
void commands_reap(void);
void commands_sweep(void);
bool command_reads(const struct command *command, const struct output *output);
void command_input(struct command *command, short events);
void command_output(struct command *command, struct output *output);

/* links.c */
void link_serve(struct link *link, short events);
void link_flush(struct link *link);

/* main.c */
_Noreturn void fail(int code, const char *format, ...);

#endif
