#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent.h"

const uint8_t *queue_bytes(const struct queue *queue)
{
	return queue->bytes + queue->start;
}

static void make_room(struct queue *queue, size_t length)
{
	if (queue->start > 0) {
		memmove(queue->bytes, queue->bytes + queue->start, queue->length);
		queue->start = 0;
	}
	if (queue->length + length <= queue->capacity)
		return;
	size_t capacity = queue->capacity > 0 ? queue->capacity : 4096;
	while (capacity < queue->length + length)
		capacity *= 2;
	uint8_t *bytes = realloc(queue->bytes, capacity);
	if (bytes == NULL) {
		fputs("core-agent: out of memory\n", stderr);
		exit(1); /* init starts it again; the host sees the connection end */
	}
	queue->bytes = bytes;
	queue->capacity = capacity;
}

void queue_put(struct queue *queue, const void *bytes, size_t length)
{
	if (length == 0)
		return;
	if (queue->start + queue->length + length > queue->capacity)
		make_room(queue, length);
	memcpy(queue->bytes + queue->start + queue->length, bytes, length);
	queue->length += length;
}

void queue_take(struct queue *queue, size_t length)
{
	queue->start += length;
	queue->length -= length;
	if (queue->length == 0)
		queue->start = 0;
}

void queue_free(struct queue *queue)
{
	free(queue->bytes);
	*queue = (struct queue){0};
}
