/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's way to what the commands read: capdl/system.h. */
#include <capdl/system.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "input/input.h"

struct capdl_system {
    struct input input;
    char *name;
    bool good;
};

struct reading {
    struct capdl_system *system;
    const char *path; /* NULL: the bytes are there */
    struct options options;
    bool declared;
};

/* Leaves declarations alone: what follows then says nothing of objects that only they would have made. */
static bool leave_programs(struct capdl_spec *spec, struct capdl_diags *diags, void *context)
{
    (void)spec;
    (void)diags;
    (void)context;
    return false;
}

static bool read_declared(struct input *input, const struct options *options)
{
    struct capdl_text_options text = {.expand = leave_programs};
    if (!input_read_options(input, options, &text)) {
        return false;
    }
    const char *bytes = (const char *)input->bytes.data;
    uint16_t source = capdl_diags_add_source(&input->diags, input->name, bytes, input->bytes.size);
    capdl_spec_read_text(&input->spec, &input->diags, source, &text);
    return input->diags.num_errors == 0;
}

static void read_system(void *data)
{
    struct reading *reading = data;
    struct input *input = &reading->system->input;
    capdl_spec_init(&input->spec);
    if (reading->path && !file_read_regular(reading->path, &input->bytes)) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "cannot read %s: %s", reading->path, strerror(errno));
        return;
    }
    reading->system->good = reading->declared && input_form(&input->bytes) == INPUT_FORM_TEXT
                                ? read_declared(input, &reading->options)
                                : input_read_bytes(input, INPUT_SPEC | INPUT_IMAGE, &reading->options) == EXIT_FINE &&
                                      input->diags.num_errors == 0;
}

static struct capdl_system *make(const char *name, const char *path, const struct file_bytes *bytes,
                                 const struct capdl_system_options *given)
{
    static const char *none[] = {NULL};
    struct reading reading = {.path = path, .options.directories = none};
    struct capdl_system *system = calloc(1, sizeof(*system));
    char *copy = strdup(name);
    if (!system || !copy) {
        free(system);
        free(copy);
        errno = ENOMEM;
        return NULL;
    }
    system->name = copy;
    system->input = (struct input){.name = copy, .bytes = bytes ? *bytes : (struct file_bytes){.data = NULL}};
    reading.system = system;
    if (given) {
        reading.options.kernel = given->kernel;
        reading.options.arch = given->arch;
        reading.options.directories = given->directories ? (const char **)given->directories : none;
        reading.declared = given->declared;
    }
    if (capdl_try(read_system, &reading)) {
        system->input.bytes = path ? system->input.bytes : (struct file_bytes){.data = NULL};
        capdl_system_free(system);
        errno = ENOMEM;
        return NULL;
    }
    return system;
}

struct capdl_system *capdl_system_open(const char *path, const struct capdl_system_options *options)
{
    return make(path, path, NULL, options);
}

struct capdl_system *capdl_system_read(const char *name, const void *bytes, size_t size,
                                       const struct capdl_system_options *options)
{
    uint8_t *copy = malloc(size + 1);
    struct capdl_system *system = NULL;
    if (copy) {
        if (size) {
            memcpy(copy, bytes, size);
        }
        copy[size] = 0;
        system = make(name, NULL, &(struct file_bytes){.data = copy, .size = size}, options);
    }
    if (!system) {
        free(copy);
        errno = ENOMEM;
    }
    return system;
}

void capdl_system_free(struct capdl_system *system)
{
    if (system) {
        input_free(&system->input);
        free(system->name);
        free(system);
    }
}

bool capdl_system_is_good(const struct capdl_system *system)
{
    return system->good;
}

bool capdl_system_is_image(const struct capdl_system *system)
{
    return system->input.is_image;
}

struct capdl_spec *capdl_system_spec(struct capdl_system *system)
{
    return &system->input.spec;
}

struct capdl_diags *capdl_system_diags(struct capdl_system *system)
{
    return &system->input.diags;
}

const char *capdl_system_kernel(const struct capdl_system *system)
{
    const struct input *input = &system->input;
    return input->is_image && input->image.blob ? input->image.profile.name
           : input->has_profile                 ? input->profile.name
                                                : NULL;
}
