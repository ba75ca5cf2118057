/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a kernel's install prefix. */
#include "profile/prefix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "profile/fields.h"
#include "profile/text_file.h"

/* The last component of the prefix; of a board's directory, whose last one is the configuration, the last two. */
static void name_profile(struct capdl_profile *p)
{
    size_t end = strlen(p->prefix), start;
    while (end > 0 && p->prefix[end - 1] == '/') {
        end--;
    }
    for (start = end; start > 0 && p->prefix[start - 1] != '/';) {
        start--;
    }
    if (start > 1 && profile_is_board(p->prefix)) {
        for (start--; start > 0 && p->prefix[start - 1] != '/';) {
            start--;
        }
    }
    snprintf(p->name, sizeof(p->name), "%.*s", (int)(end - start), p->prefix + start);
    for (char *slash = strchr(p->name, '/'); slash; slash = strchr(slash, '/')) {
        *slash = '-';
    }
    text_clean(p->name);
}

static bool is_directory(struct reader *reader)
{
    struct stat status;
    if (stat(reader->prefix, &status) != 0) {
        capdl_error(reader->diags, reader_position(reader, ""), "%s, expected a kernel's install prefix",
                    strerror(errno));
    } else if (!S_ISDIR(status.st_mode)) {
        capdl_error(reader->diags, reader_position(reader, ""), "not a directory, expected a kernel's install prefix");
    } else {
        return true;
    }
    return false;
}

bool profile_read(const char *prefix, struct capdl_profile *p, struct capdl_diags *diags)
{
    struct reader reader = {.prefix = prefix, .profile = p, .diags = diags};
    size_t errors = diags->num_errors;
    char flaw[PROFILE_FLAW];
    memset(p, 0, sizeof(*p));
    if ((size_t)snprintf(p->prefix, sizeof(p->prefix), "%s", prefix) >= sizeof(p->prefix)) {
        capdl_error(diags, reader_position(&reader, ""), "a path of more than %zu bytes", sizeof(p->prefix) - 1);
        return false;
    }
    name_profile(p);
    if (!is_directory(&reader)) {
        return false;
    }
    if (read_config(&reader)) {
        read_labels(&reader);
        read_syscalls(&reader);
        read_sizes(&reader);
        read_platform(&reader);
        if (diags->num_errors == errors && !profile_good(p, flaw)) {
            capdl_error(diags, reader_position(&reader, ""), "these are not the facts of one kernel: %s", flaw);
        }
    }
    config_free(&reader.config);
    return diags->num_errors == errors;
}
