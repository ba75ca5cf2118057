/* SPDX-License-Identifier: BSD-2-Clause */
/* Feeds a policy to its reader and compares a system with it. */
#include <stdlib.h>
#include <string.h>

#include <capdl/policy.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char system_text[] =
    "arch aarch64 objects { a = tcb b = tcb \"odd name\" = tcb ca = cnode (2 bits) cb = cnode (2 bits) "
    "e = ep n = notification f = frame (4k, paddr: 0x9000000) i = irq } "
    "caps { a { cspace: ca } b { cspace: cb } ca { 0: e (WG) 1: n (W) 2: i } cb { 0: e (R) 1: n (R) 2: a 3: f (RW) } } "
    "irq maps { 33: i }";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct capdl_text_options options = {.has_arch = false};
    struct capdl_diags diags = {NULL};
    struct capdl_relations relations;
    struct capdl_policy_result result = {NULL};
    struct capdl_policy *policy;
    struct capdl_spec spec;
    const char *text = (const char *)data;
    char *shown = NULL;
    size_t length;
    FILE *out = open_memstream(&shown, &length);
    capdl_spec_init(&spec);
    capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "spec", system_text, strlen(system_text)),
                         &options);
    capdl_relations_find(&spec, &relations);
    policy = capdl_policy_read(&diags, capdl_diags_add_source(&diags, "policy", text, size), text, size);
    if (policy) {
        capdl_policy_check(policy, &spec, &relations, 20261129, &diags, &result);
        free(result.verdicts);
        capdl_policy_check_change(policy, &relations, &spec, &relations, 20261129, &diags, &result);
        free(result.verdicts);
    }
    capdl_diags_print(&diags, out, 0);
    fclose(out);
    free(shown);
    capdl_policy_free(policy);
    capdl_relations_free(&relations);
    capdl_diags_free(&diags);
    capdl_spec_free(&spec);
    return 0;
}
