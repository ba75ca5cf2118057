/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the JSON form of a trace from standard input and prints a line of words for each entry: thread, operation, then
   for each act its key, object, peer, badge, error, result as far as it has them. Fails on what is not JSON, on an
   unknown member, and when time goes backwards. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

static const char *const shown[] = {"kind", "object", "peer", "badge", "error", "unanswerable", "result"};
static const char *const members[] = {"cptr", "slot", "address", "code", "pc", "label", "length", "caps", "caps_lost"};
static const char *const acts[] = {"send", "receive", "fault"};

static void stop(const char *why, const char *line)
{
    fprintf(stderr, "%s: %s", why, line);
    exit(1);
}

static const char *text(struct json_object *of, const char *key, const char *line)
{
    struct json_object *value;
    if (!json_object_object_get_ex(of, key, &value) || !json_object_is_type(value, json_type_string)) {
        stop(key, line);
    }
    return json_object_get_string(value);
}

static void print_act(const char *name, struct json_object *act, const char *line)
{
    int known = 0;
    struct json_object *value;
    printf(" %s:", name);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++) {
        if (json_object_object_get_ex(act, shown[i], &value)) {
            printf(" %s", json_object_get_string(value));
            known++;
        }
    }
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        known += json_object_object_get_ex(act, members[i], &value);
    }
    if (known != json_object_object_length(act)) {
        stop("an unknown member", line);
    }
}

int main(void)
{
    char line[4096];
    int64_t last = 0;
    while (fgets(line, sizeof(line), stdin)) {
        struct json_object *entry = json_tokener_parse(line), *value;
        if (!json_object_is_type(entry, json_type_object) || !json_object_object_get_ex(entry, "time_ns", &value)) {
            stop("not an entry", line);
        }
        int64_t time = json_object_get_int64(value);
        if (time < last) {
            stop("time goes backwards", line);
        }
        last = time;
        printf("%s %s", text(entry, "thread", line), text(entry, "op", line));
        for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
            if (json_object_object_get_ex(entry, acts[i], &value)) {
                print_act(acts[i], value, line);
            }
        }
        putchar('\n');
        json_object_put(entry);
    }
    return 0;
}
