/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small specs and what is to become of them: verdicts TABLE
 * A line of the table is a verdict and a spec, in which \n, \t, \r and \' stand for characters. `accept`: it is read
 * and the checks find no error; `check`: it is read, and the checks find one; `reject`: it is not read. What is read
 * must, printed, be read again and print as the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/spec.h>

enum verdict { REJECT, CHECK, ACCEPT };

static const char *const names[] = {[REJECT] = "reject", [CHECK] = "check", [ACCEPT] = "accept"};

/* Reads a spec; *printed, to be freed, is its text, or 0. */
static enum verdict judge(const char *text, struct capdl_diags *diags, char **printed)
{
    struct capdl_spec spec;
    enum verdict verdict = REJECT;
    *printed = NULL;
    capdl_spec_init(&spec);
    if (capdl_spec_read_text(&spec, diags, capdl_diags_add_source(diags, "spec", text, strlen(text)), NULL)) {
        FILE *out = open_memstream(printed, &(size_t){0});
        capdl_spec_write_text(&spec, out, true);
        fclose(out);
        verdict = capdl_spec_check(&spec, diags) ? ACCEPT : CHECK;
    }
    capdl_spec_free(&spec);
    return verdict;
}

static bool prints_itself(const char *text)
{
    struct capdl_diags diags = {NULL};
    char *again;
    bool same = judge(text, &diags, &again) != REJECT && !strcmp(text, again);
    free(again);
    capdl_diags_free(&diags);
    return same;
}

static void unescape(char *text)
{
    static const char from[] = "ntr'", to[] = "\n\t\r'";
    char *out = text;
    for (; *text; text++) {
        const char *escape = text[0] == '\\' && text[1] ? strchr(from, text[1]) : NULL;
        *out++ = escape ? to[escape - from] : *text;
        text += escape != NULL;
    }
    *out = '\0';
}

/* Whether a line of the table holds. */
static bool try_line(char *line, unsigned number)
{
    struct capdl_diags diags = {NULL};
    char *spec = strstr(line, ": "), *printed;
    enum verdict verdict;
    bool good;
    line[strcspn(line, "\n")] = '\0';
    if (!spec) {
        fprintf(stderr, "line %u: expected 'verdict: spec'\n", number);
        return false;
    }
    *spec = '\0';
    spec += 2;
    unescape(spec);
    verdict = judge(spec, &diags, &printed);
    good = !strcmp(line, names[verdict]);
    if (!good) {
        fprintf(stderr, "line %u: %s, expected %s: %s\n", number, names[verdict], line, spec);
        capdl_diags_print(&diags, stderr, 0);
    } else if (printed && !prints_itself(printed)) {
        fprintf(stderr, "line %u: printing is not a fixpoint: %s\n%s", number, spec, printed);
        good = false;
    }
    free(printed);
    capdl_diags_free(&diags);
    return good;
}

int main(int argc, char **argv)
{
    FILE *table = argc == 2 ? fopen(argv[1], "r") : NULL;
    char *line = NULL;
    size_t size = 0;
    unsigned number = 0, tried = 0, failed = 0;
    if (!table) {
        return 2;
    }
    while (getline(&line, &size, table) > 0) {
        number++;
        if (*line != '#' && *line != '\n') {
            tried++;
            failed += !try_line(line, number);
        }
    }
    free(line);
    fclose(table);
    printf("%u specs, %u not as expected\n", tried, failed);
    return failed || !tried;
}
