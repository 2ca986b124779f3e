#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"

/* A file of the system, or of the one that process `enter` sees. */
static FILE *open_file(const char *path, pid_t enter)
{
	char full[128];
	snprintf(full, sizeof full, "/proc/%d/root%s", (int)enter, path);
	return fopen(enter != 0 ? full : path, "re");
}

/* The fields of a line of /etc/passwd or /etc/group. */
static int split(char *line, char **fields, int most)
{
	int count = 0;
	line[strcspn(line, "\n")] = 0;
	while (count < most && (fields[count] = strsep(&line, ":")) != NULL)
		count++;
	return count;
}

static void keep(struct account *account, char **fields)
{
	static const char *const NAMES[ACCOUNT_VARIABLES] = {"USER", "LOGNAME", "HOME", "SHELL"};
	const char *const values[] = {fields[0], fields[0], fields[5], fields[6][0] != 0 ? fields[6] : "/bin/sh"};
	account->known = true;
	account->uid = (uid_t)strtoul(fields[2], NULL, 10);
	account->gid = (gid_t)strtoul(fields[3], NULL, 10);
	snprintf(account->name, sizeof account->name, "%s", fields[0]);
	for (int i = 0; i < ACCOUNT_VARIABLES; i++)
		snprintf(account->variables[i], sizeof account->variables[i], "%s=%s", NAMES[i], values[i]);
}

/* By its name, or where there is none by its number. */
struct account find_account(const char *name, uid_t uid, pid_t enter)
{
	struct account account = {0};
	char line[1024], *fields[7];
	FILE *file = open_file("/etc/passwd", enter);
	while (file != NULL && !account.known && fgets(line, sizeof line, file) != NULL) {
		if (split(line, fields, 7) < 7)
			continue;
		if (name != NULL ? strcmp(fields[0], name) == 0 : strtoul(fields[2], NULL, 10) == uid)
			keep(&account, fields);
	}
	if (file != NULL)
		fclose(file);
	return account;
}

static bool is_member(char *members, const char *name)
{
	for (char *member; (member = strsep(&members, ",")) != NULL;)
		if (strcmp(member, name) == 0)
			return true;
	return false;
}

/* The groups of an account, its own one first. They are of interest only where the agent is to become somebody else. */
size_t find_groups(const struct account *account, gid_t groups[MAX_GROUPS], pid_t enter)
{
	size_t count = 0;
	char line[4096], *fields[4];
	groups[count++] = account->gid;
	FILE *file = account->uid != geteuid() ? open_file("/etc/group", enter) : NULL;
	while (file != NULL && count < MAX_GROUPS && fgets(line, sizeof line, file) != NULL)
		if (split(line, fields, 4) == 4 && is_member(fields[3], account->name))
			groups[count++] = (gid_t)strtoul(fields[2], NULL, 10);
	if (file != NULL)
		fclose(file);
	return count;
}
