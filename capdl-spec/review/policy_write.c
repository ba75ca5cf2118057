/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy that allows just what a spec has, to start from. */
#include "policy_write.h"

#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "policy_change.h"
#include "policy_read.h"

struct row {
    enum capdl_relation_kind kind;
    char *from, *to;
};

static void write_name(FILE *out, const char *name)
{
    bool plain = *name && !(*name >= '0' && *name <= '9') && !strstr(name, "->") && !capdl_policy_is_keyword(name);
    for (const char *at = name; plain && *at; at++) {
        plain = capdl_policy_is_plain(*at);
    }
    if (plain) {
        fputs(name, out);
        return;
    }
    putc('"', out);
    for (; *name; name++) {
        if (*name == '"' || *name == '\\') {
            putc('\\', out);
        }
        putc(*name, out);
    }
    putc('"', out);
}

void capdl_policy_write_party(FILE *out, const struct capdl_party *party)
{
    if (party->numbered) {
        fputs(party->name, out);
    } else {
        write_name(out, party->name);
    }
}

static int row_compare(const void *left, const void *right)
{
    const struct row *a = left, *b = right;
    int order = a->kind < b->kind ? -1 : a->kind > b->kind;
    order = order ? order : strcmp(a->to, b->to);
    return order ? order : strcmp(a->from, b->from);
}

static bool contains(const struct capdl_party *outer, const struct capdl_party *inner)
{
    return outer->numbered && inner->numbered && outer->first <= inner->first && inner->last <= outer->last;
}

/* Whether the rule for another relation of the same subject, one of first to end, allows this one, too. */
static bool is_implied(const struct policy_by_groups *by, size_t which, size_t first, size_t end)
{
    const struct capdl_relations *r = by->r;
    const struct capdl_relation *link = &r->list[which];
    bool implied = false;
    for (size_t i = which; link->kind == CAPDL_RELATION_SEND && i > first && r->list[i - 1].to == link->to; i--) {
        if (r->list[i - 1].kind == CAPDL_RELATION_CALL) { /* what relates two parties stands together, by kind */
            return true;
        }
    }
    if (r->parties[link->from].kind != CAPDL_PARTY_GROUP &&
        capdl_policy_by_groups(by, link->from, link->to, link->kind)) {
        return true;
    }
    if (link->kind != CAPDL_RELATION_WATCH && link->kind != CAPDL_RELATION_PRIORITY) {
        return false;
    }
    for (size_t i = first; i < end && !implied; i++) {
        const struct capdl_relation *other = &r->list[i];
        implied = (link->kind == CAPDL_RELATION_WATCH && other->kind == CAPDL_RELATION_DRIVE &&
                   contains(&r->parties[other->to], &r->parties[link->to])) ||
                  (link->kind == CAPDL_RELATION_PRIORITY && other->kind == CAPDL_RELATION_PRIORITY &&
                   r->parties[other->to].last > r->parties[link->to].last);
    }
    return implied;
}

/* A party, of a group all: "a, b, c". */
static void write_members(FILE *out, const struct capdl_relations *r, const uint32_t *party)
{
    uint32_t count;
    const uint32_t *members = capdl_relations_members(r, party, &count);
    for (uint32_t i = 0; i < count; i++) {
        fputs(i ? ", " : "", out);
        capdl_policy_write_party(out, &r->parties[members[i]]);
    }
}

/* Rows of one subject and kind, with all that it may do so. */
static size_t make_rows(const struct capdl_relations *r, struct row *rows)
{
    struct policy_by_groups by;
    size_t count = 0, size;
    capdl_policy_groups_init(&by, r);
    for (size_t i = 0; i < r->count;) {
        size_t end = i;
        while (end < r->count && r->list[end].from == r->list[i].from) {
            end++;
        }
        for (unsigned kind = 0; kind < CAPDL_RELATION_COUNT; kind++) {
            uint32_t last = UINT32_MAX;
            FILE *out = NULL;
            for (size_t j = i; j < end; j++) {
                if (r->list[j].kind != kind || r->list[j].to == last || is_implied(&by, j, i, end)) {
                    continue;
                }
                if (!out) {
                    rows[count] = (struct row){.kind = (enum capdl_relation_kind)kind};
                    out = open_memstream(&rows[count].from, &size);
                    write_members(out, r, &r->list[i].from);
                    fclose(out);
                    out = open_memstream(&rows[count].to, &size);
                } else {
                    fputs(", ", out);
                }
                last = r->list[j].to;
                write_members(out, r, &r->list[j].to);
            }
            if (out) {
                fclose(out);
                count++;
            }
        }
        i = end;
    }
    capdl_policy_groups_free(&by);
    return count;
}

/* A list goes on in the next line after a comma. */
static void write_wrapped(FILE *out, const char *text, size_t *column)
{
    enum { WIDTH = 100 };

    while (*text) {
        const char *end = strstr(text, ", ");
        size_t length = end ? (size_t)(end - text) + 1 : strlen(text);
        if (*column + length > WIDTH && *column > 8) {
            fputs("\n       ", out);
            *column = 7;
        }
        *column += (size_t)fprintf(out, " %.*s", (int)length, text);
        text += length + (end != NULL);
    }
}

static void write_rows(FILE *out, const struct row *rows, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        const char *word = capdl_relation_word(rows[i].kind);
        size_t column = strlen("allow ") + strlen(word);
        if (i == 0 || rows[i - 1].kind != rows[i].kind) {
            putc('\n', out);
        }
        fprintf(out, "allow %s", word);
        for (end = i; end < count && rows[end].kind == rows[i].kind && strcmp(rows[end].to, rows[i].to) == 0; end++) {
            bool again = end > i && strcmp(rows[end].from, rows[end - 1].from) == 0;
            if (end > i && !again) {
                putc(',', out);
                column++;
            }
            if (!again) {
                write_wrapped(out, rows[end].from, &column);
            }
        }
        fputs(" ->", out);
        column += 3;
        write_wrapped(out, rows[i].to, &column);
        putc('\n', out);
    }
}

void capdl_policy_write(const struct capdl_relations *relations, FILE *out)
{
    struct row *rows = capdl_spec_realloc(NULL, (relations->count + 1) * sizeof(*rows));
    size_t count = make_rows(relations, rows);
    qsort(rows, count, sizeof(*rows), row_compare);
    fputs("# What the system does today. Remove what it should not do; docs/policy.md explains the language.\n", out);
    write_rows(out, rows, count);
    for (size_t i = 0; i < count; i++) {
        free(rows[i].from);
        free(rows[i].to);
    }
    free(rows);
}
