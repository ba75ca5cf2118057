/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people do to specs, done at random to the lines of a system: numbers changed, names swapped, lines dropped and
 * doubled, parameters added, another system's lines mixed in.
 */
#include "mutate.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_TOKENS = 256, MOST_TEXT = 8192, MOST_CHANGES = 4 };

struct token {
    size_t at, length;
};

static bool is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* Numbers or names of a line. */
static size_t find_tokens(const char *text, bool numbers, struct token tokens[MOST_TOKENS])
{
    size_t count = 0;
    for (size_t i = 0; text[i] && count < MOST_TOKENS;) {
        size_t length = 0;
        while (is_name(text[i + length])) {
            length++;
        }
        if (length && (isdigit((unsigned char)text[i]) != 0) == numbers) {
            tokens[count++] = (struct token){i, length};
        }
        i += length ? length : 1;
    }
    return count;
}

static void replace(struct line *line, struct token token, const char *by)
{
    char *text;
    if (asprintf(&text, "%.*s%s%s", (int)token.at, line->text, by, line->text + token.at + token.length) < 0) {
        abort();
    }
    free(line->text);
    line->text = text;
}

static struct line *any_line(const struct sample *s, struct rng *r)
{
    return &s->lines[rng_below(r, s->num_lines)];
}

static struct line *any_line_of(const struct sample *s, struct rng *r, enum section section)
{
    for (unsigned tries = 0; tries < 40; tries++) {
        struct line *line = any_line(s, r);
        if (line->section == section) {
            return line;
        }
    }
    return any_line(s, r);
}

static bool pick_token(struct rng *r, const struct line *line, bool number, struct token *token)
{
    struct token tokens[MOST_TOKENS];
    size_t count = find_tokens(line->text, number, tokens);
    if (count) {
        *token = tokens[rng_below(r, count)];
    }
    return count != 0;
}

static void copy_token(const struct line *line, struct token token, char *text, size_t size)
{
    snprintf(text, size, "%.*s", (int)token.length, line->text + token.at);
}

/* ---- The changes ---- */

/* Ends of ranges that kernels and formats have, and their neighbours. */
static uint64_t telling_number(struct rng *r, uint64_t old)
{
    static const uint64_t steps[] = {1, 2, 8, 16, 512, 4096, 1 << 21, 1 << 30};
    switch (rng_below(r, 6)) {
    case 0:
        return rng_below(r, 40);
    case 1:
        return (UINT64_C(1) << rng_below(r, 64)) - rng_below(r, 2);
    case 2:
        return old + steps[rng_below(r, sizeof(steps) / sizeof(steps[0]))];
    case 3:
        return old - steps[rng_below(r, sizeof(steps) / sizeof(steps[0]))];
    case 4:
        return rng_next(r) >> rng_below(r, 64);
    default:
        return old + rng_below(r, 9) - 4;
    }
}

static void change_number(struct sample *s, struct rng *r)
{
    struct line *line = any_line(s, r);
    struct token token;
    char text[40];
    if (pick_token(r, line, true, &token)) {
        uint64_t number = telling_number(r, strtoull(line->text + token.at, NULL, 0));
        snprintf(text, sizeof(text), rng_chance(r, 2) ? "%llu" : "0x%llx", (unsigned long long)number);
        replace(line, token, text);
    }
}

/* A number or name takes the place of another one. */
static void copy_over(struct sample *s, struct rng *r, bool number)
{
    struct line *line = any_line(s, r), *other = rng_chance(r, 4) ? any_line(s, r) : any_line_of(s, r, line->section);
    struct token to, from;
    char text[200];
    if (pick_token(r, line, number, &to) && pick_token(r, other, number, &from)) {
        copy_token(other, from, text, sizeof(text));
        replace(line, to, text);
    }
}

static void swap(struct sample *s, struct rng *r, bool number)
{
    struct line *line = any_line(s, r), *other = any_line_of(s, r, line->section);
    struct token a, b;
    char first[200], second[200];
    if (line != other && pick_token(r, line, number, &a) && pick_token(r, other, number, &b)) {
        copy_token(line, a, first, sizeof(first));
        copy_token(other, b, second, sizeof(second));
        replace(line, a, second);
        replace(other, b, first);
    }
}

static void change_word(struct sample *s, struct rng *r)
{
    static const char *const words[] = {"R",
                                        "W",
                                        "RW",
                                        "RWG",
                                        "RWGP",
                                        "X",
                                        "WP",
                                        "edge",
                                        "level",
                                        "True",
                                        "False",
                                        "cached",
                                        "uncached",
                                        "badge",
                                        "guard",
                                        "guard_size",
                                        "cspace",
                                        "vspace",
                                        "ep",
                                        "notification",
                                        "tcb",
                                        "cnode",
                                        "ut",
                                        "frame",
                                        "irq",
                                        "sc",
                                        "rtreply",
                                        "vcpu",
                                        "pt",
                                        "pd",
                                        "pud",
                                        "pdpt",
                                        "pml4",
                                        "asid_pool",
                                        "ipc_buffer_slot",
                                        "fault_ep_slot",
                                        "sc_slot",
                                        "bound_notification",
                                        "temp_fault_ep_slot",
                                        "bound_vcpu",
                                        "irq_control",
                                        "asid_control",
                                        "domain",
                                        "reply_slot",
                                        "caller_slot",
                                        "contiguous",
                                        "ept_root",
                                        "io_space_master",
                                        "io_port_control",
                                        "streamid_control",
                                        "arm_irq",
                                        "riscv_irq",
                                        "ioapic_irq",
                                        "msi_irq",
                                        "smc",
                                        "reply",
                                        "master_reply",
                                        "us",
                                        "ticks",
                                        "no_start"};
    struct line *line = any_line(s, r);
    struct token token;
    if (pick_token(r, line, false, &token)) {
        replace(line, token, words[rng_below(r, sizeof(words) / sizeof(words[0]))]);
    }
}

/* One more parameter before a closing bracket, or the first ones of a capability. */
static void add_parameter(struct sample *s, struct rng *r)
{
    static const char *const parameters[] = {"paddr: %u",
                                             "badge: %u",
                                             "guard: %u",
                                             "guard_size: %u",
                                             "dom: %u",
                                             "fault_ep: %u",
                                             "affinity: %u",
                                             "uncached",
                                             "refills: %u",
                                             "flags: %u",
                                             "data: %u",
                                             "addr: %u",
                                             "tls: %u",
                                             "prio: %u",
                                             "fpu_disabled: True",
                                             "resume: False",
                                             "contiguous",
                                             "%u bits",
                                             "init: [%u]",
                                             "reply",
                                             "master_reply",
                                             "core: %u",
                                             "RW",
                                             "R",
                                             "fill: [{0 %u CDL_FrameFill_FileData \"data.bin\" 0}]",
                                             "fill: [{%u 3 CDL_FrameFill_Bytes 00a1ff}]",
                                             "asid: (0, %u)"};
    struct line *line = any_line(s, r);
    const char *format = parameters[rng_below(r, sizeof(parameters) / sizeof(parameters[0]))];
    const char *close = strrchr(line->text, ')'), *brace = strrchr(line->text, '}');
    char text[160], put[200];
    snprintf(text, sizeof(text), format, (unsigned)telling_number(r, 4096));
    if (close) {
        snprintf(put, sizeof(put), ", %s", text);
        replace(line, (struct token){(size_t)(close - line->text), 0}, put);
    } else if (brace && brace > line->text) {
        snprintf(put, sizeof(put), "(%s) ", text);
        replace(line, (struct token){(size_t)(brace - line->text), 0}, put);
    } else {
        snprintf(put, sizeof(put), " (%s)", text);
        replace(line, (struct token){strlen(line->text), 0}, put);
    }
}

/* An entry of a domain schedule, wherever one may be: an end marker, another domain, another unit. */
static void change_schedule(struct sample *s, struct rng *r)
{
    struct line *line = any_line_of(s, r, SECTION_DOMAINS);
    char text[80], *bracket = strchr(line->text, '[');
    if (line->section != SECTION_DOMAINS || !bracket) {
        change_number(s, r);
        return;
    }
    if (rng_chance(r, 2)) {
        snprintf(text, sizeof(text), "(0, 0), ");
    } else {
        snprintf(text, sizeof(text), "(%llu, %llu %s), ", (unsigned long long)rng_below(r, 4),
                 (unsigned long long)telling_number(r, 6000), rng_chance(r, 2) ? "us" : "ticks");
    }
    replace(line, (struct token){(size_t)(bracket + 1 - line->text), 0}, text);
}

static struct line *insert(struct sample *s, size_t at, enum section section, const char *text)
{
    if (s->num_lines == s->capacity) {
        s->capacity = s->capacity ? 2 * s->capacity : 64;
        s->lines = realloc(s->lines, s->capacity * sizeof(*s->lines));
        if (!s->lines) {
            abort();
        }
    }
    memmove(s->lines + at + 1, s->lines + at, (s->num_lines - at) * sizeof(*s->lines));
    s->lines[at] = (struct line){.section = section, .text = strdup(text)};
    s->num_lines++;
    return &s->lines[at];
}

static void drop_line(struct sample *s, struct rng *r)
{
    size_t at = rng_below(r, s->num_lines);
    if (s->num_lines > 1) {
        free(s->lines[at].text);
        memmove(s->lines + at, s->lines + at + 1, (--s->num_lines - at) * sizeof(*s->lines));
    }
}

/* A line once more, there or elsewhere; an object's with another name, so that there are two of them. */
static void double_line(struct sample *s, struct rng *r)
{
    struct line *line = any_line(s, r);
    struct line *twin = insert(s, rng_below(r, s->num_lines + 1), line->section, line->text);
    struct token token;
    if (twin->section == SECTION_OBJECTS && strstr(twin->text, " = ")) {
        replace(twin, (struct token){0, 0}, "twin_");
    } else if (!rng_chance(r, 4) && pick_token(r, twin, true, &token)) {
        char text[40];
        snprintf(text, sizeof(text), "%llu",
                 (unsigned long long)(strtoull(twin->text + token.at, NULL, 0) + rng_below(r, 20)));
        replace(twin, token, text);
    }
}

static bool declared(const struct sample *s, const char *name, size_t length)
{
    for (size_t i = 0; i < s->num_lines; i++) {
        const char *text = s->lines[i].text;
        if (s->lines[i].section == SECTION_OBJECTS && strncmp(text, name, length) == 0 && !is_name(text[length])) {
            return true;
        }
    }
    return false;
}

/* Another system's line, with a name of its own for each of its objects. */
static void merge_line(struct sample *s, const struct sample *other, const struct line *line)
{
    struct token tokens[MOST_TOKENS];
    size_t count = find_tokens(line->text, false, tokens);
    struct line *merged = insert(s, s->num_lines, line->section, line->text);
    while (count-- > 0) {
        if (declared(other, line->text + tokens[count].at, tokens[count].length)) {
            replace(merged, (struct token){tokens[count].at, 0}, "other_");
        }
    }
}

void sample_merge(struct sample *s, const struct sample *other)
{
    for (size_t i = 0; i < other->num_lines; i++) {
        if (other->lines[i].section != SECTION_DOMAINS) {
            merge_line(s, other, &other->lines[i]);
        }
    }
}

static void change(struct sample *s, struct rng *r)
{
    switch (rng_below(r, 13)) {
    case 0:
    case 1:
    case 2:
        change_number(s, r);
        break;
    case 3:
        copy_over(s, r, true);
        break;
    case 4:
        copy_over(s, r, false);
        break;
    case 5:
        swap(s, r, true);
        break;
    case 6:
        swap(s, r, false);
        break;
    case 7:
        change_word(s, r);
        break;
    case 8:
        add_parameter(s, r);
        break;
    case 9:
        drop_line(s, r);
        break;
    case 10:
        change_schedule(s, r);
        break;
    default:
        double_line(s, r);
    }
}

struct sample sample_copy(const struct sample *from)
{
    struct sample s = *from;
    s.profile = kernel_copy(from->profile);
    s.lines = calloc(from->num_lines + 1, sizeof(*s.lines));
    s.capacity = from->num_lines + 1;
    if (!s.lines) {
        abort();
    }
    for (size_t i = 0; i < s.num_lines; i++) {
        s.lines[i] = (struct line){.section = from->lines[i].section, .text = strdup(from->lines[i].text)};
    }
    return s;
}

void sample_mutate(struct sample *s, struct rng *r)
{
    s->mutant = true;
    s->fit_at_boot = false;
    for (uint64_t i = rng_between(r, 1, MOST_CHANGES); i > 0 && s->num_lines; i--) {
        change(s, r);
    }
}
