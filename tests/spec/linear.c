/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts of about half a megabyte that would take forever if anything about them took time by the square of their size.
 * Each is read, checked and its messages printed, with a result or with errors, within seconds of the processor's time.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <capdl/spec.h>

enum { MOST_SECONDS = 10 };

#define CNODE "objects { c = cnode (20 bits)  e = ep  x[1000] = ep } caps {"

/* `text` is repeated, with its number in place of each # that is no line marker's. */
static const struct {
    const char *name, *before;
    unsigned count;
    const char *text, *after;
} cases[] = {
    {"parentheses", "objects { a = tcb ", 500000, "(", ""},
    {"braces", "", 500000, "{", ""},
    {"comments", "", 250000, "/*", ""},
    {"quotes", "", 250000, "\"\n", ""},
    {"derivations", "cdt ", 75000, "{(c,1)", ""},
    {"untypeds", "objects {", 35000, "u# = ut {", ""},
    {"qualified names", "objects {", 150000, "u/", "x = ep }"},
    {"name", "objects { ", 500000, "a", " = ep }"},
    {"number", "objects { c = cnode (", 500000, "9", " bits) }"},
    {"arrays", "objects { ", 10000, "x#[4000000000] = ep ", "}"},
    {"ranges", CNODE "c { e x[", 30000, "0..999,", "0..1152921504606846976] } }"},
    {"copies", CNODE "c { 0: n[] = x[] 5000: <n[", 30000, "0..999,", "0]> } }"},
    {"unknown copies", CNODE "c { ", 20000, "#: n# = <m#> ", "} }"},
    {"unknown objects", CNODE, 30000, "c { #: obk# }", "}"},
    {"one slot", CNODE, 40000, "c { 0: e }", "}"},
    {"slots", CNODE, 40000, "c { #: e }", "}"},
    {"derived", CNODE "c { 0: e 1: e } } cdt {", 30000, "(c, 1#) { (c, 2#) }", "}"},
    {"lines", "objects {\n", 50000, "a = b\n", "}"},
    {"line", "objects { ", 50000, "a = b ", "}"},
    {"sections", "", 50000, "objects {} ", ""},
    {"children", "objects { u = ut { ", 150000, "x ", "} x = ep }"},
    {"overlaps", "objects {", 20000, "f# = frame (4k, paddr: 0x1000) ", "}"},
    {"fills", "objects { f = frame (4k, fill: [", 50000, "{0 1 a},", "]) }"},
    {"elements", "objects { ", 30000, "x[#..#] = ep ", "}"},
    {"interrupts", "irq maps {", 100000, "i ", "}"},
    {"line markers", "", 50000, "# 1 \"f#\"\n", ""},
};

static char *make_text(size_t i, size_t *size)
{
    char *text;
    FILE *out = open_memstream(&text, size);
    fprintf(out, "arch aarch64\n%s", cases[i].before);
    for (unsigned n = 0; n < cases[i].count; n++) {
        for (const char *c = cases[i].text; *c; c++) {
            if (*c == '#' && strncmp(c, "# 1", 3)) {
                fprintf(out, "%u", n);
            } else {
                putc(*c, out);
            }
        }
    }
    fputs(cases[i].after, out);
    fclose(out);
    return text;
}

static void read_text(const char *text, size_t size)
{
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    char *messages;
    FILE *sink = open_memstream(&messages, &(size_t){0});
    capdl_spec_init(&spec);
    capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "text", text, size), NULL);
    capdl_spec_check(&spec, &diags);
    capdl_diags_print(&diags, sink, 20);
    fclose(sink);
    free(messages);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

int main(void)
{
    unsigned slow = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t size;
        char *text = make_text(i, &size);
        clock_t start = clock();
        double seconds;

        read_text(text, size);
        seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        printf("%-16s %8zu bytes %6.2f s\n", cases[i].name, size, seconds);
        slow += seconds > MOST_SECONDS;
        free(text);
    }
    return slow != 0;
}
