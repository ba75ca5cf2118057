/* SPDX-License-Identifier: BSD-2-Clause */
#include "print_diff.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>

#include "report/terms.h"

const char *diff_verdict_word(enum diff_verdict verdict)
{
    static const char *const words[] = {"same-text", "same-system", "names", "layout", "changed"};
    return words[verdict];
}

void diff_verdict_text(const struct diff_report *report, char *text, size_t size)
{
    static const char *const texts[] = {
        "same text: no change",
        "same system, other text: no change of authority, programs or behaviour",
        "same system, other names: no change of authority, programs or behaviour",
        "only the layout differs: no change of authority, programs or behaviour",
    };
    size_t count = report->findings->count;
    if (report->verdict != DIFF_CHANGED) {
        snprintf(text, size, "%s", texts[report->verdict]);
        return;
    }
    int rank = (int)report->findings->list[0].rank;
    int length = snprintf(text, size, "changed: %zu finding%s rank %d (of %d; 1 is the gravest): %s", count,
                          count == 1 ? ", of" : "s, the gravest of", rank, CAPDL_RANK_LAYOUT,
                          capdl_rank_meaning((enum capdl_rank)rank));
    if (report->num_shown < count && length > 0 && (size_t)length < size) {
        snprintf(text + length, size - (size_t)length, " (%zu not shown)", count - report->num_shown);
    }
}

bool diff_has_same_flows(const struct diff_report *report)
{
    return report->verdict == DIFF_CHANGED && report->findings->same_flows;
}

/* Places in a text may be offsets: the list of diagnostics finds their lines. */
const char *diff_source(const struct diff_side *side, struct capdl_pos pos, char text[DIFF_SOURCE])
{
    text[0] = '\0';
    if (!pos.line || !side->diags || pos.file >= side->diags->num_files) {
        return text;
    }
    struct capdl_diags here = {.files = side->diags->files, .num_files = side->diags->num_files};
    capdl_note(&here, pos, "here");
    capdl_diags_locate(&here);
    struct capdl_pos found = here.list[0].pos;
    here.num_files = 0;
    here.files = NULL;
    capdl_diags_free(&here);
    if (found.line && found.file < side->diags->num_files) {
        snprintf(text, DIFF_SOURCE, "%s:%u:%u", side->diags->files[found.file]->name, (unsigned)found.line,
                 (unsigned)found.column);
    }
    return text;
}

static bool same_place(struct capdl_pos a, struct capdl_pos b)
{
    return a.file == b.file && a.line == b.line && a.column == b.column;
}

/* Whether a consequence is written in another place than its finding. */
static bool diff_is_elsewhere(const struct capdl_finding *finding, const struct capdl_finding *consequence)
{
    bool written = consequence->old_pos.line || consequence->new_pos.line;
    return written ? !same_place(consequence->old_pos, finding->old_pos) ||
                         !same_place(consequence->new_pos, finding->new_pos)
                   : consequence->where != NULL;
}

static const char *paint(const struct diff_report *report, enum capdl_rank rank)
{
    if (!report->colour) {
        return "";
    }
    return rank <= CAPDL_RANK_DMA ? "\033[1;31m" : rank < CAPDL_RANK_REMOVED ? "\033[33m" : "\033[2m";
}

static const char *plain(const struct diff_report *report)
{
    return report->colour ? "\033[0m" : "";
}

/* "[slot 5 of cn; old.cdl:3:4 -> new.cdl:3:4]" */
static void print_where(const struct diff_report *report, const struct capdl_finding *finding)
{
    char old[DIFF_SOURCE], new[DIFF_SOURCE];
    diff_source(&report->sides[0], finding->old_pos, old);
    diff_source(&report->sides[1], finding->new_pos, new);
    const char *where = finding->where ? finding->where : "";
    if (*where || *old || *new) {
        capdl_escape_printf(stdout, " [%s%s%s%s%s]", where, *where && (*old || *new) ? "; " : "", old,
                            *old && *new ? " -> " : "", new);
    }
}

/* What a consequence is: "flow", "program", or "also" of another edit. */
static const char *diff_consequence_word(const struct capdl_finding *consequence)
{
    return consequence->num_pairs || consequence->rank == CAPDL_RANK_PROGRAM ? capdl_rank_word(consequence->rank)
                                                                             : "also";
}

static void print_finding(const struct diff_report *report, const struct capdl_finding *finding)
{
    capdl_escape_printf(stdout, "   %s", finding->text);
    print_where(report, finding);
    puts(finding->certain ? "" : " (the matching object of the old system is a guess)");
    for (size_t i = 0; i < finding->num_consequences; i++) {
        const struct capdl_finding *consequence = &finding->consequences[i];
        capdl_escape_printf(stdout, "      %s: %s", diff_consequence_word(consequence), consequence->text);
        if (diff_is_elsewhere(finding, consequence)) {
            print_where(report, consequence);
        }
        putchar('\n');
    }
}

static void print_totals(const char *what, const struct diff_side *side)
{
    capdl_escape_printf(
        stdout, "%s %s: %" PRIu64 " objects, %" PRIu64 " capabilities, %" PRIu64 " frames of %" PRIu64 " bytes\n", what,
        side->name, side->objects, side->caps, side->frames, side->bytes);
    printf("    digest of the system: sha256:%s\n", side->digest);
    if (side->errors) {
        capdl_escape_printf(stdout, "    an error in it, for which the comparison may be wrong: %s", side->first_error);
        printf(side->errors > 1 ? "; and %zu more errors, which 'capdl check' lists\n" : "\n", side->errors - 1);
    }
}

/* Words of what is shown that need an explanation. */
static size_t find_terms(const struct diff_report *report, const struct term *found[TERMS_MOST])
{
    char *text = NULL;
    size_t size, count;
    FILE *out = open_memstream(&text, &size);
    for (size_t i = 0; i < report->findings->count; i++) {
        const struct capdl_finding *finding = &report->findings->list[i];
        for (size_t j = 0; report->shown[i] && j <= finding->num_consequences; j++) {
            fprintf(out, "%s\n", j ? finding->consequences[j - 1].text : finding->text);
        }
    }
    fclose(out);
    count = terms_of(text, found);
    free(text);
    return count;
}

static void print_terms(const struct diff_report *report)
{
    const struct term *found[TERMS_MOST];
    size_t count = find_terms(report, found);
    for (size_t i = 0; i < count; i++) {
        printf("%s%s: %s\n", i ? "       " : "words: ", found[i]->word, found[i]->meaning);
    }
}

void print_diff_text(const struct diff_report *report)
{
    char verdict[400];
    enum capdl_rank last = (enum capdl_rank)0;
    for (size_t i = 0; i < report->findings->count; i++) {
        const struct capdl_finding *finding = &report->findings->list[i];
        if (!report->shown[i]) {
            continue;
        }
        if (finding->rank != last) {
            printf("%s%s%d. %s (rank %d of %d)%s\n", last ? "\n" : "", paint(report, finding->rank), (int)finding->rank,
                   capdl_rank_meaning(finding->rank), (int)finding->rank, CAPDL_RANK_LAYOUT, plain(report));
        }
        last = finding->rank;
        print_finding(report, finding);
    }
    if (report->num_shown) {
        putchar('\n');
    }
    print_totals("old:", &report->sides[0]);
    print_totals("new:", &report->sides[1]);
    if (diff_has_same_flows(report)) {
        printf("flows: %s\n", DIFF_SAME_FLOWS);
    }
    print_terms(report);
    diff_verdict_text(report, verdict, sizeof(verdict));
    puts(verdict);
}

/* ---- Markdown ---- */

/* What means something to Markdown or HTML is not to act. */
static void print_marked(const char *text)
{
    char *escaped = NULL;
    size_t size;
    FILE *out = open_memstream(&escaped, &size);
    capdl_escape_printf(out, "%s", text);
    fclose(out);
    for (const char *c = escaped; *c; c++) {
        if (*c == '<' || *c == '>' || *c == '&') {
            fputs(*c == '<' ? "&lt;" : *c == '>' ? "&gt;" : "&amp;", stdout);
        } else {
            if (strchr("\\`*_{}[]#|~!@", *c)) {
                putchar('\\');
            }
            putchar(*c);
        }
    }
    free(escaped);
}

static void print_marked_place(const struct diff_report *report, const struct capdl_finding *finding)
{
    char old[DIFF_SOURCE], new[DIFF_SOURCE];
    diff_source(&report->sides[0], finding->old_pos, old);
    diff_source(&report->sides[1], finding->new_pos, new);
    if (*old || *new) {
        fputs(" (", stdout);
        print_marked(old);
        fputs(*old && *new ? ", " : "", stdout);
        print_marked(new);
        putchar(')');
    }
}

static void print_marked_finding(const struct diff_report *report, const struct capdl_finding *finding)
{
    fputs("- ", stdout);
    print_marked(finding->text);
    print_marked_place(report, finding);
    putchar('\n');
    for (size_t i = 0; i < finding->num_consequences; i++) {
        printf("  - %s: ", diff_consequence_word(&finding->consequences[i]));
        print_marked(finding->consequences[i].text);
        if (diff_is_elsewhere(finding, &finding->consequences[i])) {
            print_marked_place(report, &finding->consequences[i]);
        }
        putchar('\n');
    }
}

void print_diff_markdown(const struct diff_report *report)
{
    char verdict[400];
    enum capdl_rank last = (enum capdl_rank)0;
    diff_verdict_text(report, verdict, sizeof(verdict));
    printf("**%s**\n", verdict);
    for (size_t i = 0; i < report->findings->count; i++) {
        const struct capdl_finding *finding = &report->findings->list[i];
        if (!report->shown[i]) {
            continue;
        }
        if (finding->rank != last) {
            printf("\n### %d. %s\n\n", (int)finding->rank, capdl_rank_meaning(finding->rank));
        }
        last = finding->rank;
        print_marked_finding(report, finding);
    }
    if (diff_has_same_flows(report)) {
        printf("\nFlows: %s.\n", DIFF_SAME_FLOWS);
    }
    puts("\n| | system | objects | capabilities | frames | SHA-256 of the system |\n|---|---|---|---|---|---|");
    for (int i = 0; i < 2; i++) {
        const struct diff_side *side = &report->sides[i];
        printf("| %s | ", i ? "new" : "old");
        print_marked(side->name);
        printf(" | %" PRIu64 " | %" PRIu64 " | %" PRIu64 " | `%s` |\n", side->objects, side->caps, side->frames,
               side->digest);
    }
    for (int i = 0; i < 2; i++) {
        if (report->sides[i].errors) {
            printf("\nAn error in the %s system, for which the comparison may be wrong: ", i ? "new" : "old");
            print_marked(report->sides[i].first_error);
            puts(report->sides[i].errors > 1 ? "; `capdl check` lists more." : ".");
        }
    }
    const struct term *found[TERMS_MOST];
    size_t count = find_terms(report, found);
    for (size_t i = 0; i < count; i++) {
        printf("%s*%s*: %s", i ? "; " : "\nWords. ", found[i]->word, found[i]->meaning);
    }
    fputs(count ? ".\n" : "", stdout);
}
