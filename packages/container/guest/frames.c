#include <string.h>

#include "agent.h"

/*
 * magic "CORE" | session u32 | channel u32 | type u8, length u24 | CRC-32 of the payload | CRC-32 of the 20 bytes before
 */
static const uint8_t MAGIC[4] = {'C', 'O', 'R', 'E'};

void put_u16(uint8_t *to, uint16_t number)
{
	to[0] = (uint8_t)(number >> 8);
	to[1] = (uint8_t)number;
}

void put_u32(uint8_t *to, uint32_t number)
{
	put_u16(to, (uint16_t)(number >> 16));
	put_u16(to + 2, (uint16_t)number);
}

uint16_t get_u16(const uint8_t *from)
{
	return (uint16_t)(from[0] << 8 | from[1]);
}

uint32_t get_u32(const uint8_t *from)
{
	return (uint32_t)get_u16(from) << 16 | get_u16(from + 2);
}

/* CRC-32 of ISO 3309, as zlib has it. */
uint32_t crc32_of(const uint8_t *bytes, size_t length)
{
	static uint32_t table[256];
	if (table[1] == 0) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t sum = i;
			for (int bit = 0; bit < 8; bit++)
				sum = sum >> 1 ^ (sum & 1 ? 0xEDB88320 : 0);
			table[i] = sum;
		}
	}
	uint32_t crc = 0xFFFFFFFF;
	while (length-- > 0)
		crc = table[(crc ^ *bytes++) & 0xFF] ^ crc >> 8;
	return ~crc;
}

void frame_put(struct queue *queue, const struct frame *frame)
{
	uint8_t header[HEADER_SIZE];
	memcpy(header, MAGIC, sizeof MAGIC);
	put_u32(header + 4, frame->session);
	put_u32(header + 8, frame->channel);
	put_u32(header + 12, (uint32_t)frame->type << 24 | (uint32_t)frame->length);
	put_u32(header + 16, crc32_of(frame->payload, frame->length));
	put_u32(header + 20, crc32_of(header, 20));
	queue_put(queue, header, sizeof header);
	queue_put(queue, frame->payload, frame->length);
}

/* Where the next bytes of the host go, and how many of them. There is always room for some. */
size_t parser_room(struct parser *parser, uint8_t **to)
{
	if (parser->start > 0) {
		memmove(parser->bytes, parser->bytes + parser->start, parser->length);
		parser->start = 0;
	}
	*to = parser->bytes + parser->length;
	return sizeof parser->bytes - parser->length;
}

void parser_reset(struct parser *parser)
{
	parser->start = parser->length = 0;
}

static void skip(struct parser *parser, size_t count)
{
	parser->start += count;
	parser->length -= count;
}

static bool is_header(const uint8_t *bytes)
{
	return memcmp(bytes, MAGIC, sizeof MAGIC) == 0 && get_u32(bytes + 20) == crc32_of(bytes, 20) &&
	       (get_u32(bytes + 12) & 0xFFFFFF) <= MAX_PAYLOAD;
}

/* The next whole frame. What is none is passed over byte by byte, so that the next one is found behind anything. */
bool parser_next(struct parser *parser, struct frame *frame)
{
	while (parser->length >= HEADER_SIZE) {
		const uint8_t *bytes = parser->bytes + parser->start;
		if (!is_header(bytes)) {
			const uint8_t *next = memchr(bytes + 1, MAGIC[0], parser->length - 1);
			skip(parser, next == NULL ? parser->length : (size_t)(next - bytes));
			continue;
		}
		uint32_t word = get_u32(bytes + 12);
		size_t length = word & 0xFFFFFF;
		if (parser->length < HEADER_SIZE + length)
			return false;
		if (get_u32(bytes + 16) != crc32_of(bytes + HEADER_SIZE, length)) {
			skip(parser, 1);
			continue;
		}
		*frame = (struct frame){
			.session = get_u32(bytes + 4),
			.channel = get_u32(bytes + 8),
			.type = (enum type)(word >> 24),
			.payload = bytes + HEADER_SIZE,
			.length = length,
		};
		skip(parser, HEADER_SIZE + length);
		return true;
	}
	return false;
}
