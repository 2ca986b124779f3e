#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

/* The next field of a request: tag u8, length u32, bytes. */
static bool next_field(const uint8_t **at, const uint8_t *end, uint8_t *tag, uint32_t *length)
{
	if (end - *at < 5)
		return false;
	*tag = **at;
	*length = get_u32(*at + 1);
	*at += 5;
	return *length <= (size_t)(end - *at);
}

static bool is_text(uint8_t tag)
{
	return tag >= ARGUMENT && tag <= USER;
}

static void take_number(struct launch *launch, uint8_t tag, const uint8_t *at, uint32_t length)
{
	if (tag == CREDIT && length == 4)
		launch->credit = get_u32(at);
	if (tag == TERMINAL && length == 4) {
		launch->terminal = true;
		launch->columns = get_u16(at);
		launch->rows = get_u16(at + 2);
	}
}

static bool read_fields(struct launch *launch, const uint8_t *at, const uint8_t *end)
{
	size_t arguments = 0, variables = 0;
	char *text = launch->memory;
	uint8_t tag;
	uint32_t length;
	while (at < end) {
		if (!next_field(&at, end, &tag, &length))
			return false;
		if (is_text(tag)) {
			if (memchr(at, 0, length) != NULL)
				return false;
			memcpy(text, at, length);
			text[length] = 0;
			if (tag == ARGUMENT)
				launch->arguments[arguments++] = text;
			else if (tag == VARIABLE)
				launch->variables[variables++] = text;
			else if (tag == DIRECTORY)
				launch->directory = text;
			else
				launch->user = text;
			text += length + 1;
		} else {
			take_number(launch, tag, at, length);
		}
		at += length;
	}
	return arguments > 0 && *launch->arguments[0] != 0;
}

/* Reads a request, the fields of which may come in any order; unknown ones are left alone. */
bool launch_read(struct launch *launch, const struct queue *request, struct failure *failure)
{
	size_t most = request->length / 5 + 1; /* of fields */
	*launch = (struct launch){0};
	launch->memory = malloc(request->length + 1);
	launch->arguments = calloc(most + 1, sizeof(char *));
	launch->variables = calloc(most + 1, sizeof(char *));
	if (launch->memory == NULL || launch->arguments == NULL || launch->variables == NULL)
		return refuse(failure, ENOMEM, AT_RESOURCES);
	const uint8_t *bytes = queue_bytes(request);
	if (request->length == 0 || !read_fields(launch, bytes, bytes + request->length))
		return refuse(failure, EINVAL, AT_REQUEST);
	return true;
}

void launch_free(struct launch *launch)
{
	free(launch->memory);
	free(launch->arguments);
	free(launch->variables);
}
