/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists the protection domains that a spec declares, with their parameters, and how many objects stand for each; of an
 * image, the objects alone. usage: domains SPEC|IMAGE
 *
 *     cc domains.c $(pkg-config --cflags --libs capdl-system)
 */
#include <stdio.h>

#include <capdl/system.h>

static void print_value(const struct capdl_param *param)
{
    size_t i;
    switch (param->kind) {
    case CAPDL_VALUE_STRING:
        printf("\"%s\"", param->text);
        break;
    case CAPDL_VALUE_NUMBER:
    case CAPDL_VALUE_BOOL:
        printf("%llu", (unsigned long long)param->number);
        break;
    case CAPDL_VALUE_LIST:
        for (i = 0; i < param->num_list; i++) {
            printf("%s%llu", i ? " " : "", (unsigned long long)param->list[i]);
        }
        break;
    case CAPDL_VALUE_CAP:
        printf("object %s", param->text);
        break;
    case CAPDL_VALUE_PAIRS:
        printf("%lu pairs", (unsigned long)param->num_pairs);
        break;
    }
}

static void print_domain(const struct capdl_spec *spec, uint32_t id)
{
    const struct capdl_program *declared = capdl_object_declaration(spec, id);
    unsigned made = 0;
    uint32_t i;
    size_t j;
    for (i = 0; i < spec->num_objects; i++) {
        made += capdl_object_program(spec, i) == id;
    }
    printf("%s:", capdl_object_name(spec, id));
    for (j = 0; j < declared->num_params; j++) {
        printf(" %s%s", declared->params[j].name ? declared->params[j].name : "program", "=");
        print_value(&declared->params[j]);
    }
    printf(" (%u objects)\n", made);
}

int main(int argc, char **argv)
{
    struct capdl_system_options declared = {NULL, NULL, NULL, true};
    struct capdl_system *system = argc == 2 ? capdl_system_open(argv[1], NULL) : NULL;
    const struct capdl_spec *spec;
    uint32_t i, objects = 0;
    int good;
    if (system && !capdl_system_is_good(system)) {
        /* Perhaps only programs are missing: what is declared can be told without them. */
        capdl_system_free(system);
        system = capdl_system_open(argv[1], &declared);
    }
    if (!system) {
        fprintf(stderr, "usage: domains SPEC|IMAGE\n");
        return 2;
    }
    spec = capdl_system_spec(system);
    good = capdl_system_is_good(system);
    if (!good) {
        capdl_diags_print(capdl_system_diags(system), stderr, 0);
    }
    for (i = 0; good && i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM) {
            print_domain(spec, i);
        } else {
            objects++;
        }
    }
    if (good) {
        printf("%u objects%s%s\n", (unsigned)objects, capdl_system_kernel(system) ? " for " : "",
               capdl_system_kernel(system) ? capdl_system_kernel(system) : "");
    }
    capdl_system_free(system);
    return good ? 0 : 1;
}
