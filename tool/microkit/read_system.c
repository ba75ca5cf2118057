/* SPDX-License-Identifier: BSD-2-Clause */
/* The <system> element, channels, and the way from a text to a spec. */
#include <inttypes.h>
#include <string.h>

#include <capdl/architecture.h>

#include "system.h"
#include "document.h"

bool microkit_is(const char *text, size_t size)
{
    size_t at = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < size && strchr(" \t\r\n", text[at]) && text[at]) {
        at++;
    }
    return at < size && text[at] == '<';
}

static bool end_read(struct mk_reader *reader, const struct xml_element *element, struct mk_end *end)
{
    static const struct mk_attribute rules[] = {{"pd", true},      {"id", true},         {"pp", false},
                                                {"notify", false}, {"setvar_id", false}, {NULL, false}};
    const char *values[5];
    mk_no_elements(reader, element);
    *end = (struct mk_end){.notify = true, .pos = element->pos};
    if (!mk_attributes(reader, element, rules, values)) {
        return false;
    }
    mk_bool(reader, element, "pp", values[2], &end->call);
    mk_bool(reader, element, "notify", values[3], &end->notify);
    bool good = mk_number(reader, element, "id", values[1], 0, MK_MOST_ID, &end->id);
    end->pd = mk_names_find(reader->pd_names, values[0]);
    if (!end->pd) {
        struct capdl_nearest nearest = mk_names_nearest(reader->pd_names, values[0]);
        capdl_error(reader->diags, element->pos, "there is no protection domain '%s'%s", values[0],
                    capdl_nearest_hint(&nearest));
    } else if (values[4] && good) {
        mk_add_setvar(reader, element, end->pd, values[4], end->id, NULL);
    }
    return end->pd && good;
}

static void read_channel(struct mk_reader *reader, const struct xml_element *element)
{
    static const struct mk_attribute no_rules[] = {{NULL, false}};
    static const char *const known[] = {"end", NULL};
    struct mk_channel *channel = capdl_spec_alloc(reader->spec, sizeof(*channel));
    unsigned count = 0;
    bool good = true, unknown = false;
    mk_attributes(reader, element, no_rules, NULL);
    channel->pos = element->pos;
    for (const struct xml_element *child = element->first; child; child = child->next) {
        if (strcmp(child->name, known[0]) != 0) {
            mk_unknown_element(reader, child, known);
            unknown = true;
        } else if (count++ < 2) {
            good &= end_read(reader, child, &channel->ends[count - 1]);
        }
    }
    if (count != 2 && !unknown) {
        capdl_error(reader->diags, element->pos, "a channel has two ends, but this one has %u", count);
    } else if (good && !unknown && channel->ends[0].call && channel->ends[1].call) {
        capdl_error(reader->diags, channel->ends[1].pos,
                    "both ends have pp=\"true\", but only one end of a channel can call the other");
    } else if (good && !unknown) {
        if (reader->last_channel) {
            reader->last_channel->next = channel;
        } else {
            reader->system.channels = channel;
        }
        reader->last_channel = channel;
    }
}

enum { DOMAINS, REGION, PD, CHANNEL, IO_SPACE, UNKNOWN };
static const char *const known_elements[] = {"domains", "memory_region",    "protection_domain",
                                             "channel", "io_address_space", NULL};

static unsigned which_element(const struct xml_element *element)
{
    unsigned which = 0;
    while (known_elements[which] && strcmp(known_elements[which], element->name) != 0) {
        which++;
    }
    return which;
}

static void unknown_read(struct mk_reader *reader, const struct xml_element *element)
{
    if (strcmp(element->name, "virtual_machine") == 0) {
        capdl_error(reader->diags, element->pos,
                    "a virtual machine belongs in the protection domain that is its monitor");
    } else {
        mk_unknown_element(reader, element, known_elements);
    }
}

/* Whatever their order in the file: what is referred to is read first. */
static void elements_read(struct mk_reader *reader, const struct xml_element *root)
{
    for (unsigned pass = 0; pass <= UNKNOWN; pass++) {
        for (const struct xml_element *element = root->first; element; element = element->next) {
            if (which_element(element) != pass) {
                continue;
            }
            switch (pass) {
            case DOMAINS:
                mk_read_domains(reader, element);
                break;
            case REGION:
                mk_read_region(reader, element);
                break;
            case PD:
                mk_read_pd(reader, element, NULL);
                break;
            case CHANNEL:
                read_channel(reader, element);
                break;
            case IO_SPACE:
                mk_read_io_space(reader, element);
                break;
            case UNKNOWN:
                unknown_read(reader, element);
                break;
            }
        }
    }
}

static bool root_good(struct mk_reader *reader, const struct xml_element *root)
{
    static const struct mk_attribute no_rules[] = {{NULL, false}};
    if (strcmp(root->name, "system") != 0) {
        capdl_error(reader->diags, root->pos,
                    "expected the element 'system', found '%s'; is this a system description "
                    "of Microkit?",
                    root->name);
        return false;
    }
    mk_attributes(reader, root, no_rules, NULL);
    return true;
}

static void read_all(struct mk_reader *reader, const struct xml_element *root)
{
    size_t errors = reader->diags->num_errors;
    elements_read(reader, root);
    if (!reader->system.pds && reader->diags->num_errors == errors) {
        capdl_error(reader->diags, root->pos, "the system has no protection domain");
    }
    mk_check(reader);
}

bool microkit_read(struct capdl_spec *spec, struct capdl_diags *diags, uint16_t source,
                   const struct microkit_options *options)
{
    struct mk_reader reader = {.spec = spec, .diags = diags, .options = options, .profile = options->profile};
    size_t errors = diags->num_errors;
    spec->arch = options->profile->arch;
    spec->has_arch = true;
    if (!options->profile->mcs) {
        capdl_error(diags, CAPDL_WHOLE_SPEC, "Microkit's protection domains need an MCS kernel, but %s is not one",
                    options->profile->name);
        return false;
    }
    struct xml_element *root = document_read(spec, diags, source);
    if (!root || !root_good(&reader, root)) {
        return false;
    }
    reader.pc = capdl_architecture(spec->arch)->pc;
    reader.region_names = mk_names_new();
    reader.pd_names = mk_names_new();
    reader.vm_names = mk_names_new();
    reader.symbol_names = mk_names_new();
    read_all(&reader, root);
    if (diags->num_errors == errors) {
        mk_lower(&reader);
    }
    mk_names_free(reader.region_names);
    mk_names_free(reader.pd_names);
    mk_names_free(reader.vm_names);
    mk_names_free(reader.symbol_names);
    return diags->num_errors == errors;
}

static bool programs_below(const struct xml_element *element, bool (*program)(void *context, const char *path),
                           void *context)
{
    for (; element; element = element->next) {
        const char *path = strcmp(element->name, "program_image") == 0 ? xml_value(element, "path") : NULL;
        if ((path && program(context, path)) || programs_below(element->first, program, context)) {
            return true;
        }
    }
    return false;
}

bool microkit_programs(const char *text, size_t size, bool (*program)(void *context, const char *path), void *context)
{
    struct capdl_diags unread = {NULL};
    struct capdl_spec spec;
    uint16_t source = capdl_diags_add_source(&unread, "", text, size);
    capdl_spec_init(&spec);
    struct xml_element *root = document_read(&spec, &unread, source);
    bool found = programs_below(root, program, context);
    capdl_spec_free(&spec);
    capdl_diags_free(&unread);
    return found;
}
