/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     picture_names FILE.dot FILE.svg FILE.policy
 *
 * Names that readers refuse, but that a program can give objects by the library: they are text in DOT, in a matrix and
 * in a policy, and the policy that is printed allows what it was printed from.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/picture.h>
#include <capdl/policy.h>

static const char system_text[] =
    "arch aarch64 objects { a = tcb b = tcb c = tcb ca = cnode (2 bits) cb = cnode (2 bits) cc = cnode (2 bits) "
    "e = ep f = ep m[2] = frame (4k) va = pgd vb = pgd pa = pud pb = pud da = pd db = pd ta = pt tb = pt } "
    "caps { a { cspace: ca vspace: va } b { cspace: cb vspace: vb } c { cspace: cc } ca { 0: e (WP) } "
    "cb { 0: e (R) 1: f (W) } cc { 0: f (R) } va { 0: pa } vb { 0: pb } pa { 0: da } pb { 0: db } da { 0: ta } "
    "db { 0: tb } ta { 0: m[0] (RW) } tb { 0: m[0] (R) } }";

static const char *const names[] = {
    "<script>alert(1)</script>", "x\" -> y [label=\"",
    "\\N & &lt; ]]> -->",        "$(touch x); -> \\\"*?",
    "\xff\xfe odd \x01",         "rather long: 0123456789012345678901234567890123456789012345678901234567890123456789",
};

static bool contains(const char *text, const char *what)
{
    return strstr(text, what) != NULL;
}

static bool check_policy(const struct capdl_spec *spec, const char *text)
{
    struct capdl_diags diags = {NULL};
    struct capdl_relations relations;
    struct capdl_policy_result result = {NULL};
    struct capdl_policy *policy =
        capdl_policy_read(&diags, capdl_diags_add_source(&diags, "policy", text, strlen(text)), text, strlen(text));
    bool good;
    capdl_relations_find(spec, &relations);
    if (policy) {
        capdl_policy_check(policy, spec, &relations, 20261129, &diags, &result);
    }
    good = policy && !diags.num_errors && !diags.num_warnings;
    if (!good) {
        capdl_diags_print(&diags, stdout, 0);
    }
    free(result.verdicts);
    capdl_policy_free(policy);
    capdl_relations_free(&relations);
    capdl_diags_free(&diags);
    return good;
}

static void save(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");
    if (!out || fputs(text, out) < 0 || fclose(out) != 0) {
        perror(path);
        exit(1);
    }
}

static bool try(struct capdl_spec *spec, char **argv)
{
    struct capdl_picture *picture = capdl_picture_make(spec, NULL, &(struct capdl_picture_options){.focus = NULL});
    struct capdl_relations relations;
    char *dot = NULL, *svg = NULL, *policy = NULL;
    size_t size;
    bool good = true;
    FILE *out = open_memstream(&dot, &size);
    capdl_picture_write_dot(picture, out);
    fclose(out);
    out = open_memstream(&svg, &size);
    capdl_picture_write_matrix(picture, out);
    fclose(out);
    capdl_relations_find(spec, &relations);
    out = open_memstream(&policy, &size);
    capdl_policy_write(&relations, out);
    fclose(out);
    if (contains(dot, "<script") || contains(svg, "<script") || contains(dot, "\x01") || contains(svg, "\xff")) {
        printf("a name acts as something else:\n%s%s", dot, svg);
        good = false;
    }
    if (!check_policy(spec, policy)) {
        printf("%s", policy);
        good = false;
    }
    save(argv[1], dot);
    save(argv[2], svg);
    save(argv[3], policy);
    free(dot);
    free(svg);
    free(policy);
    capdl_relations_free(&relations);
    capdl_picture_free(picture);
    return good;
}

int main(int argc, char **argv)
{
    struct capdl_text_options options = {.has_arch = false};
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    bool good;
    if (argc < 4) {
        return 2;
    }
    capdl_spec_init(&spec);
    good = capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "spec", system_text, strlen(system_text)),
                                &options);
    for (uint32_t i = 0, next = 0; good && i < spec.num_objects; i++) {
        struct capdl_object object = capdl_object_view(&spec, i);
        if (next < sizeof(names) / sizeof(names[0]) &&
            (object.kind == CAPDL_KIND_TCB || object.kind == CAPDL_KIND_EP)) {
            object.name = capdl_spec_intern(&spec, names[next], strlen(names[next]));
            next++;
            capdl_object_set(&spec, i, &object);
        }
    }
    good = good && try(&spec, argv);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    return !good;
}
