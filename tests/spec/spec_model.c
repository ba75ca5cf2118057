/* SPDX-License-Identifier: BSD-2-Clause */
/* The model as front ends use it: objects and capabilities added by hand, the hook between objects and caps, options.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/escape.h>
#include <capdl/spec.h>

static unsigned failures;

#define EXPECT(condition)                                                            \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                                              \
        }                                                                            \
    } while (0)

static const struct capdl_pos nowhere = {.line = 0};

static void test_names(void)
{
    struct capdl_spec spec;
    uint32_t objects[5];
    capdl_spec_init(&spec);
    objects[0] = capdl_spec_add(&spec, "scalar", CAPDL_NO_INDEX, CAPDL_KIND_EP, nowhere);
    objects[1] = capdl_spec_add(&spec, "array", 2, CAPDL_KIND_EP, nowhere); /* elements in any order */
    objects[2] = capdl_spec_add(&spec, "array", 0, CAPDL_KIND_EP, nowhere);
    objects[3] = capdl_spec_add(&spec, "array", 1, CAPDL_KIND_EP, nowhere);
    objects[4] = capdl_spec_add(&spec, "array", 1000000000, CAPDL_KIND_EP, nowhere);
    EXPECT(capdl_spec_find(&spec, "scalar", CAPDL_NO_INDEX) == objects[0]);
    EXPECT(capdl_spec_find(&spec, "scalar", 0) == CAPDL_NO_OBJECT);
    EXPECT(capdl_spec_find(&spec, "array", CAPDL_NO_INDEX) == CAPDL_NO_OBJECT);
    EXPECT(capdl_spec_find(&spec, "array", 2) == objects[1]);
    EXPECT(capdl_spec_find(&spec, "array", 0) == objects[2]);
    EXPECT(capdl_spec_find(&spec, "array", 1) == objects[3]);
    EXPECT(capdl_spec_find(&spec, "array", 3) == CAPDL_NO_OBJECT);
    EXPECT(capdl_spec_find(&spec, "array", 1000000000) == objects[4]);
    EXPECT(capdl_spec_array_length(&spec, "array") == 1000000001);
    EXPECT(capdl_spec_array_length(&spec, "scalar") == 0);
    EXPECT(capdl_spec_intern(&spec, "arrayed", 5) == capdl_object_name(&spec, objects[1]));
    EXPECT(!strcmp(capdl_spec_nearest(&spec, "scaler").word, "scalar"));
    EXPECT(!capdl_spec_nearest(&spec, "nothing").word);
    capdl_spec_free(&spec);
}

static void test_caps(void)
{
    struct capdl_spec spec;
    uint32_t cnode, ep;
    struct capdl_cap cap = {.kind = CAPDL_KIND_EP};
    capdl_spec_init(&spec);
    cnode = capdl_spec_add(&spec, "c", CAPDL_NO_INDEX, CAPDL_KIND_CNODE, nowhere);
    ep = capdl_spec_add(&spec, "e", CAPDL_NO_INDEX, CAPDL_KIND_EP, nowhere);
    cap.object = ep;
    for (uint64_t slot = 10; slot > 0; slot -= 2) { /* downwards: they must end up in order */
        cap.slot = slot;
        EXPECT(capdl_spec_add_cap(&spec, cnode, &cap));
    }
    struct capdl_caps caps = capdl_object_caps(&spec, cnode);
    for (uint32_t i = 1; i < caps.count; i++) {
        EXPECT(caps.list[i - 1].slot < caps.list[i].slot);
    }
    EXPECT(caps.count == 5);
    EXPECT(!capdl_spec_add_cap(&spec, cnode, &cap)); /* slot 2 again */

    cap.flags = CAPDL_CAP_GENERATED;
    cap.data = 7;
    EXPECT(capdl_spec_add_cap(&spec, cnode, &cap)); /* gives way */
    EXPECT(capdl_spec_cap_at(&spec, cnode, 2)->data == 0);
    cap.slot = 3;
    EXPECT(capdl_spec_add_cap(&spec, cnode, &cap));
    cap.flags = 0;
    cap.data = 8;
    EXPECT(capdl_spec_add_cap(&spec, cnode, &cap)); /* replaces the generated one */
    EXPECT(capdl_spec_cap_at(&spec, cnode, 3)->data == 8);
    EXPECT(!capdl_spec_cap_at(&spec, cnode, 1));
    EXPECT(!capdl_spec_cap_at(&spec, cnode, 11));
    capdl_spec_free(&spec);
}

/* A front end for which each program stands for a CNode with two capabilities. */
static bool expand(struct capdl_spec *spec, struct capdl_diags *diags, void *context)
{
    unsigned *programs = context;
    for (uint32_t i = 0, count = spec->num_objects; i < count; i++) {
        const struct capdl_program *program =
            capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM ? capdl_object_declaration(spec, i) : NULL;
        uint32_t cnode, ep = capdl_spec_find(spec, "e", CAPDL_NO_INDEX);
        struct capdl_cap cap = {.object = ep, .kind = CAPDL_KIND_EP, .flags = CAPDL_CAP_GENERATED};
        if (!program) {
            continue;
        }
        if (!strcmp(program->params[0].text, "missing.elf")) {
            capdl_error(diags, program->params[0].pos, "no file 'missing.elf'");
            return false;
        }
        cnode = capdl_spec_add(spec, "prog_cnode", CAPDL_NO_INDEX, CAPDL_KIND_CNODE, capdl_object_pos(spec, i));
        struct capdl_object made = capdl_object_view(spec, cnode);
        made.size_bits = 4;
        made.flags = CAPDL_OBJECT_HAS_SIZE | CAPDL_OBJECT_GENERATED;
        made.program = i;
        capdl_object_set(spec, cnode, &made);
        for (cap.slot = 1; cap.slot <= 2; cap.slot++) {
            capdl_spec_add_cap(spec, cnode, &cap);
        }
        (*programs)++;
    }
    return true;
}

static bool read_with(struct capdl_spec *spec, struct capdl_diags *diags, const char *text, unsigned *programs)
{
    struct capdl_text_options options = {
        .expand = expand, .context = programs, .has_arch = true, .arch = CAPDL_ARCH_RISCV};
    capdl_spec_init(spec);
    return capdl_spec_read_text(spec, diags, capdl_diags_add_source(diags, "text", text, strlen(text)), &options);
}

static void test_hook(void)
{
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    unsigned programs = 0;
    uint32_t cnode;
    const struct capdl_param *param;
    EXPECT(read_with(&spec, &diags,
                     "objects { prog = pd (\"p.elf\", stack: 16k, list: [1, 2M], cap: e[3] (RW, badge: 9), on: True) "
                     "e = ep  f = ep }\n"
                     "caps { prog_cnode { 2: f (R)  5: e } }\n",
                     &programs));
    EXPECT(programs == 1 && spec.arch == CAPDL_ARCH_RISCV);
    cnode = capdl_spec_find(&spec, "prog_cnode", CAPDL_NO_INDEX);
    EXPECT(capdl_spec_cap_at(&spec, cnode, 1)->flags & CAPDL_CAP_GENERATED);
    EXPECT(capdl_spec_cap_at(&spec, cnode, 2)->object == capdl_spec_find(&spec, "f", CAPDL_NO_INDEX));
    EXPECT(capdl_spec_cap_at(&spec, cnode, 5));
    param = capdl_object_declaration(&spec, capdl_spec_find(&spec, "prog", CAPDL_NO_INDEX))->params;
    EXPECT(!param[0].name && param[0].kind == CAPDL_VALUE_STRING && !strcmp(param[0].text, "p.elf"));
    EXPECT(!strcmp(param[1].name, "stack") && param[1].kind == CAPDL_VALUE_NUMBER && param[1].number == 16384);
    EXPECT(param[2].kind == CAPDL_VALUE_LIST && param[2].num_list == 2 && param[2].list[1] == 2097152);
    EXPECT(param[3].kind == CAPDL_VALUE_CAP && param[3].index == 3 && !strcmp(param[3].text, "e"));
    EXPECT(param[3].cap.rights == (CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE) && param[3].cap.data == 9);
    EXPECT(param[4].kind == CAPDL_VALUE_BOOL && param[4].number == 1);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

/* Names that the failed program would have made are not reported, other mistakes are. */
static void test_failing_hook(void)
{
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    unsigned programs = 0;
    EXPECT(
        !read_with(&spec, &diags,
                   "objects { prog = pd (\"missing.elf\") e = ep c = cnode (4 bits) }\n"
                   "caps { cnode_prog { 2: e  3: other }  elf_prog_3_12 { 0: e }  c { 1: my_programme  2: prog_x } }\n",
                   &programs));
    EXPECT(diags.num_errors == 4);
    EXPECT(diags.count == 4 && strstr(diags.list[1].message, "'other'"));
    EXPECT(diags.count == 4 && strstr(diags.list[2].message, "'my_programme'"));
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

/* A text of one line that repeats a piece, such as one that might be read in quadratic time or by recursion. */
static void read_repeated(const char *before, const char *piece, unsigned times, const char *after, size_t errors)
{
    size_t length = strlen(piece), used = strlen(before);
    char *text = malloc(used + times * length + strlen(after) + 1);
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    strcpy(text, before);
    for (unsigned i = 0; i < times; i++, used += length) {
        strcpy(text + used, piece);
    }
    strcpy(text + used, after);
    capdl_spec_init(&spec);
    capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "text", text, used + strlen(after)), NULL);
    EXPECT(diags.num_errors == errors || (errors == SIZE_MAX && diags.num_errors));
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(text);
}

/* Absurd texts end in an error or a result, soon. */
static void test_absurd(void)
{
    read_repeated("arch riscv objects { ", "u = ut { ", 100000, "}", SIZE_MAX);
    read_repeated("arch riscv objects { x/", "y/", 100000, "z = ep }", SIZE_MAX);
    read_repeated("arch riscv objects { c = cnode (4 bits) } caps { c { ep } } cdt { ", "(c, 0) { ", 100000, "",
                  SIZE_MAX);
    read_repeated("arch riscv ", "/*", 100000, "", SIZE_MAX);
    read_repeated("arch riscv objects { a[100000] = ep  c[1000] = cnode (4 bits) } caps { c[] { ", "a[] ", 100, "} }",
                  1);
    read_repeated("arch riscv objects { a = ep } caps { ", "a { ", 50000, "", SIZE_MAX);
    read_repeated("arch riscv objects { ", "x = ep ( ", 20000, "", SIZE_MAX);
    read_repeated("arch riscv objects { c = cnode (4 bits) } caps { c { ", "nobody ", 20000, "} }", 20000);
}

/* Slots in descending order: each must find its place without moving all the others. */
static void test_descending(void)
{
    enum { SLOTS = 200000 };
    char *text = malloc(64 + SLOTS * 16), *at = text;
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;

    at += sprintf(at, "arch riscv objects { e = ep c = cnode (20 bits) } caps { c {\n");
    for (unsigned i = SLOTS; i > 0; i--) {
        at += sprintf(at, "%u: e\n", i);
    }
    at += sprintf(at, "} }");
    capdl_spec_init(&spec);
    EXPECT(
        capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "text", text, (size_t)(at - text)), NULL));
    EXPECT(capdl_object_caps(&spec, 1).count == SLOTS && capdl_object_caps(&spec, 1).list[0].slot == 1);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(text);
}

/* Readers hold on to the source they read while line markers add others. */
static void test_sources_stay(void)
{
    struct capdl_diags diags = {NULL};
    const struct capdl_source *first;
    capdl_diags_add_source(&diags, "first.cdl", "text", 4);
    first = diags.files[0];
    for (unsigned i = 0; i < 300; i++) {
        capdl_diags_add_source(&diags, "marked.h", NULL, 0);
    }
    EXPECT(diags.files[0] == first && first->size == 4 && !strcmp(first->name, "first.cdl"));
    EXPECT(diags.files[300] != first && !strcmp(diags.files[300]->name, "marked.h"));
    capdl_diags_free(&diags);
}

/* What reaches a terminal of a text, worked out by hand from the Unicode tables. */
static void test_escapes(void)
{
    static const struct {
        const char *text, *shown, *json;
    } cases[] = {
        {"plain", "plain", "\"plain\""},
        {"a\nb\x1b[2J\x7f", "a\\x0ab\\x1b[2J\\x7f", "\"a\\u000ab\\u001b[2J\\u007f\""},
        {"\xc2\x9b"
         "2J",
         "\\u009b2J", "\"\\u009b2J\""},
        {"\xe2\x80\xae"
         "x\xe2\x81\xa6\xe2\x80\xa8\xd8\x9c",
         "\\u202ex\\u2066\\u2028\\u061c", "\"\\u202ex\\u2066\\u2028\\u061c\""},
        {"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d", "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
         "\"\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\""}, /* Hebrew */
        {"\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80", "\"\xf0\x9f\x98\x80\""},
        {"n\xe4m", "n\\xe4m", "\"n\\\\xe4m\""},                           /* Latin-1 */
        {"\xc0\xaf", "\\xc0\\xaf", "\"\\\\xc0\\\\xaf\""},                 /* overlong */
        {"\xed\xa0\x80", "\\xed\\xa0\\x80", "\"\\\\xed\\\\xa0\\\\x80\""}, /* a surrogate */
        {"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80", "\"\\\\xf4\\\\x90\\\\x80\\\\x80\""},
        {"\xe2\x80", "\\xe2\\x80", "\"\\\\xe2\\\\x80\""}, /* cut off */
        {"say \"a\\b\"", "say \"a\\b\"", "\"say \\\"a\\\\b\\\"\""},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char shown[100] = "", json[100] = "";
        FILE *out = fmemopen(shown, sizeof(shown), "w");
        FILE *json_out = fmemopen(json, sizeof(json), "w");
        capdl_escape_printf(out, "%s", cases[i].text);
        capdl_escape_json(json_out, cases[i].text);
        fclose(out);
        fclose(json_out);
        if (strcmp(shown, cases[i].shown) || strcmp(json, cases[i].json)) {
            fprintf(stderr, "case %zu: %s, not %s; %s, not %s\n", i, shown, cases[i].shown, json, cases[i].json);
            failures++;
        }
    }
}

/* A caret stands below its character, also behind characters that are shown as escapes. */
static void test_caret(void)
{
    static const char text[] = "\t\xc2\x9b\xd7\xa9 x";
    struct capdl_diags diags = {NULL};
    char shown[200] = "";
    FILE *out = fmemopen(shown, sizeof(shown), "w");
    capdl_diags_add_source(&diags, "e\x1b.cdl", text, sizeof(text) - 1);
    capdl_error(&diags, (struct capdl_pos){.line = 1, .column = 5}, "no '%s'", "\xe2\x80\xae");
    capdl_diags_print(&diags, out, 0);
    fclose(out);
    capdl_diags_free(&diags);
    EXPECT(!strcmp(shown, "e\\x1b.cdl:1:5: error: no '\\u202e'\n    \t\\u009b\xd7\xa9 x\n    \t        ^\n"));
}

static void set_size_bits(struct capdl_spec *spec, uint32_t id, uint8_t bits)
{
    struct capdl_object object = capdl_object_view(spec, id);
    object.size_bits = bits;
    capdl_object_set(spec, id, &object);
}

/* Pointers of 64 bits, as the kernel takes them apart: root: guard 0x5 of 8 bits, 8 bits of slots; below it in slot
   0x12 a CNode with guard 0x3 of 40 bits and 8 bits of slots. */
static void test_lookup(void)
{
    struct capdl_spec spec;
    struct capdl_cap root = {.kind = CAPDL_KIND_CNODE, .data = 5, .guard_size = 8};
    struct capdl_cap below = {.kind = CAPDL_KIND_CNODE, .slot = 0x12, .data = 3, .guard_size = 40};
    struct capdl_cap ep = {.kind = CAPDL_KIND_EP, .slot = 0x34};
    const struct capdl_cap *found;
    uint32_t cnode = CAPDL_NO_OBJECT;
    capdl_spec_init(&spec);
    spec.arch = CAPDL_ARCH_AARCH64;
    root.object = capdl_spec_add(&spec, "root", CAPDL_NO_INDEX, CAPDL_KIND_CNODE, nowhere);
    below.object = capdl_spec_add(&spec, "below", CAPDL_NO_INDEX, CAPDL_KIND_CNODE, nowhere);
    ep.object = capdl_spec_add(&spec, "e", CAPDL_NO_INDEX, CAPDL_KIND_EP, nowhere);
    set_size_bits(&spec, root.object, 8);
    set_size_bits(&spec, below.object, 8);
    capdl_spec_add_cap(&spec, root.object, &below);
    capdl_spec_add_cap(&spec, root.object, &ep);
    capdl_spec_add_cap(&spec, below.object, &ep);
    found = capdl_spec_lookup(&spec, &root, UINT64_C(0x0512000000000334), &cnode);
    EXPECT(found && found->object == ep.object && cnode == below.object);
    found = capdl_spec_lookup(&spec, &root, UINT64_C(0x0534000000000000), &cnode); /* 48 bits are left over */
    EXPECT(found && found->object == ep.object && cnode == root.object);
    EXPECT(!capdl_spec_lookup(&spec, &root, UINT64_C(0x0612000000000334), NULL)); /* another guard */
    EXPECT(!capdl_spec_lookup(&spec, &root, UINT64_C(0x0512000000000434), NULL));
    EXPECT(!capdl_spec_lookup(&spec, &root, UINT64_C(0x0512000000000335), NULL)); /* empty slots */
    EXPECT(!capdl_spec_lookup(&spec, &root, UINT64_C(0x0513000000000334), NULL));
    EXPECT(!capdl_spec_lookup(&spec, NULL, 1, NULL));
    capdl_spec_cap_at(&spec, root.object, 0x12)->guard_size = 41; /* more than is left */
    EXPECT(!capdl_spec_lookup(&spec, &root, UINT64_C(0x0512000000000334), NULL));
    capdl_spec_cap_at(&spec, root.object, 0x12)->guard_size = 255;
    EXPECT(!capdl_spec_lookup(&spec, &root, UINT64_C(0x0512000000000334), NULL));
    root.guard_size = 0; /* takes no bits: would be entered for ever */
    set_size_bits(&spec, root.object, 0);
    EXPECT(!capdl_spec_lookup(&spec, &root, 0, NULL));
    capdl_spec_free(&spec);
}

int main(void)
{
    test_names();
    test_caps();
    test_lookup();
    test_hook();
    test_failing_hook();
    test_absurd();
    test_descending();
    test_escapes();
    test_caret();
    test_sources_stay();
    return failures != 0;
}
