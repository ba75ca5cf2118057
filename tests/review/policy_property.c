/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     policy_property FIRST COUNT
 *
 * Of random systems: the policy that is printed gives no finding and no warning; without any one of its rules there is
 * a finding.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/policy.h>

#include "random.h"

struct text {
    char *bytes;
    size_t size;
};

/* Findings of a policy, warnings included. */
static size_t count_findings(const struct capdl_spec *spec, const struct capdl_relations *relations, const char *text)
{
    struct capdl_diags diags = {NULL};
    struct capdl_policy_result result = {NULL};
    uint16_t source = capdl_diags_add_source(&diags, "random.policy", text, strlen(text));
    struct capdl_policy *policy = capdl_policy_read(&diags, source, text, strlen(text));
    size_t found;
    if (policy) {
        capdl_policy_check(policy, spec, relations, 20261129, &diags, &result);
    }
    found = diags.num_errors + diags.num_warnings;
    free(result.verdicts);
    capdl_policy_free(policy);
    capdl_diags_free(&diags);
    return found;
}

/* Without each of its rules: one goes on in the next line after a comma. */
static bool try_lines(const struct capdl_spec *spec, const struct capdl_relations *relations, const struct text *policy,
                      uint64_t *lines)
{
    for (const char *line = policy->bytes, *end; *line; line = end) {
        char *less;
        end = strchr(line, '\n') + 1;
        while (end[-2] == ',' && *end) {
            end = strchr(end, '\n') + 1;
        }
        if (strncmp(line, "allow ", 6) != 0) {
            continue;
        }
        less = calloc(policy->size + 1, 1);
        memcpy(less, policy->bytes, (size_t)(line - policy->bytes));
        strcat(less, end);
        (*lines)++;
        if (!count_findings(spec, relations, less)) {
            printf("not missed: %.*s%s", (int)(end - line), line, policy->bytes);
            free(less);
            return false;
        }
        free(less);
    }
    return true;
}

static bool try(uint64_t seed, uint64_t *lines)
{
    struct sample sample = seed % 2 ? sample_generate(seed) : sample_generate_base(seed, NULL);
    struct capdl_text_options none = {NULL};
    struct capdl_diags diags = {NULL};
    struct capdl_relations relations;
    struct capdl_spec spec;
    struct text text, policy;
    FILE *out = open_memstream(&text.bytes, &text.size);
    bool good = true;
    sample_write(&sample, out);
    fclose(out);
    capdl_spec_init(&spec);
    if (capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "random.cdl", text.bytes, text.size),
                             &none)) {
        capdl_relations_find(&spec, &relations);
        out = open_memstream(&policy.bytes, &policy.size);
        capdl_policy_write(&relations, out);
        fclose(out);
        if (count_findings(&spec, &relations, policy.bytes)) {
            printf("seed %" PRIu64 ": the policy does not allow what it was made from\n%s", seed, policy.bytes);
            good = false;
        }
        good = good && try_lines(&spec, &relations, &policy, lines);
        free(policy.bytes);
        capdl_relations_free(&relations);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(text.bytes);
    sample_free(&sample);
    return good;
}

int main(int argc, char **argv)
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1, count = argc > 2 ? strtoull(argv[2], NULL, 0) : 100;
    uint64_t lines = 0;
    for (uint64_t seed = first; seed < first + count; seed++) {
        if (!try(seed, &lines)) {
            return 1;
        }
    }
    printf("%" PRIu64 " lines, each needed\n", lines);
    return lines < count;
}
