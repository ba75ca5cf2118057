/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * syscall.xml: system calls, numbered from -1 downwards. First the API's (of MCS or not), then the others, which
 * keep their number also where their condition does not hold.
 */
#include <string.h>

#include "profile/names.h"
#include "profile/text_file.h"
#include "profile/xml.h"

static const char path[] = "libsel4/include/api/syscall.xml";

struct syscalls {
    int32_t next;
};

static void start_syscall(struct xml_reader *xml, struct syscalls *syscalls, const char *const *attributes)
{
    const char *section = xml_ancestor(xml, 2), *name = xml_attribute(attributes, "name");
    struct capdl_profile *p = xml->reader->profile;
    bool debug = strcmp(section, "debug") == 0;
    int32_t number;
    if (!debug && strcmp(section, p->mcs ? "api-mcs" : "api-master") != 0) {
        return;
    }
    number = syscalls->next--;
    if (!name || number < INT16_MIN) {
        capdl_error(xml->reader->diags, xml_position(xml),
                    name ? "too many system calls" : "a system call without a name");
        return;
    }
    if (!xml_is_on(xml)) {
        return;
    }
    for (unsigned i = 0; i < CAPDL_SYSCALL_COUNT; i++) {
        if (strcmp(syscall_names[i], name) != 0) {
            continue;
        }
        if (p->syscalls[i] != 0) {
            capdl_error(xml->reader->diags, xml_position(xml), "a second system call '%s'", name);
        }
        p->syscalls[i] = number;
    }
}

static void syscalls_start(struct xml_reader *xml, const char *name, const char *const *attributes)
{
    if (strcmp(name, "syscall") == 0) {
        start_syscall(xml, xml->context, attributes);
    }
}

static void syscalls_end(struct xml_reader *xml, const char *name)
{
    (void)xml;
    (void)name;
}

static const enum capdl_syscall needed[] = {CAPDL_SYSCALL_CALL, CAPDL_SYSCALL_SEND, CAPDL_SYSCALL_RECV,
                                            CAPDL_SYSCALL_YIELD};

void read_syscalls(struct reader *reader)
{
    struct syscalls syscalls = {.next = -1};
    struct xml_reader xml = {.reader = reader, .start = syscalls_start, .end = syscalls_end, .context = &syscalls};
    if (!xml_read(&xml, path, "the numbers of system calls")) {
        return;
    }
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (reader->profile->syscalls[needed[i]] == 0) {
            capdl_error(reader->diags, reader_position(reader, path), "no system call '%s' for %s kernels",
                        syscall_names[needed[i]], reader->profile->mcs ? "MCS" : "non-MCS");
        }
    }
}
