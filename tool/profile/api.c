/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * object-api*.xml: the kernel's invocations. Labels count the methods of the three files in this order, from 1,
 * leaving out those whose condition does not hold.
 */
#include <stdio.h>
#include <string.h>

#include "profile/methods.h"
#include "profile/names.h"
#include "profile/text_file.h"
#include "profile/xml.h"

static const char *const api_files[] = {
    "libsel4/include/interfaces/object-api.xml",
    "libsel4/include/interfaces/object-api-sel4-arch.xml",
    "libsel4/include/interfaces/object-api-arch.xml",
};

struct api {
    unsigned next_label;
    bool named[CAPDL_METHOD_COUNT]; /* the kernel has it, but perhaps with other parameters */
    char id[64];                    /* of the open method */
    char params[1024];
};

static void start_method(struct xml_reader *xml, struct api *api, const char *const *attributes)
{
    const char *id = xml_attribute(attributes, "id");
    if (!id) {
        capdl_error(xml->reader->diags, xml_position(xml), "a method without an id");
    }
    snprintf(api->id, sizeof(api->id), "%s", id ? id : "");
    api->params[0] = 0;
}

static void start_param(struct xml_reader *xml, struct api *api, const char *const *attributes)
{
    const char *direction = xml_attribute(attributes, "dir");
    const char *type = xml_attribute(attributes, "type");
    const char *name = xml_attribute(attributes, "name");
    if (!direction || !type || !name) {
        capdl_error(xml->reader->diags, xml_position(xml), "a parameter of '%s' without dir, type or name", api->id);
    } else if (strcmp(direction, "in") == 0) {
        params_append(api->params, sizeof(api->params), type, name);
    }
}

static void api_start(struct xml_reader *xml, const char *name, const char *const *attributes)
{
    if (strcmp(name, "method") == 0) {
        start_method(xml, xml->context, attributes);
    } else if (strcmp(name, "param") == 0 && strcmp(xml_ancestor(xml, 1), "method") == 0) {
        start_param(xml, xml->context, attributes);
    }
}

static int find_method(enum capdl_arch arch, const char *id)
{
    for (unsigned method = 0; method < CAPDL_METHOD_COUNT; method++) {
        if (method_ids_have(method_xml_id(arch, method), id)) {
            return (int)method;
        }
    }
    return -1;
}

/* A method that takes something else than we send must not be called: every boot needs it, or only some specs. */
static void refuse(struct xml_reader *xml, enum capdl_method method, const char *found, const char *expected)
{
    struct capdl_diags *diags = xml->reader->diags;
    if (method_required(xml->reader->profile, method)) {
        capdl_error(diags, xml_position(xml), "%s takes (%s) in this kernel, expected (%s)", method_names[method],
                    found, expected);
    } else {
        capdl_finding(diags, CAPDL_WARNING, CAPDL_CHECK_KERNEL_METHOD, xml_position(xml),
                      "%s takes (%s) in this kernel, expected %s%s%s: specs that need it will be rejected",
                      method_names[method], found, expected ? "(" : "it not to exist", expected ? expected : "",
                      expected ? ")" : "");
    }
}

static void api_end(struct xml_reader *xml, const char *name)
{
    struct api *api = xml->context;
    struct capdl_profile *p = xml->reader->profile;
    const char *expected;
    unsigned label;
    int method;
    if (strcmp(name, "method") != 0 || !xml_is_on(xml)) {
        return;
    }
    label = api->next_label++;
    method = find_method(p->arch, api->id);
    if (method < 0) {
        return;
    }
    if (api->named[method]) {
        capdl_error(xml->reader->diags, xml_position(xml), "a second method '%s'", api->id);
    } else if (label >= CAPDL_PROFILE_ABSENT) {
        capdl_error(xml->reader->diags, xml_position(xml), "more methods than labels");
    } else if (method_accepts(p, method, api->params, &expected)) {
        p->labels[method] = (uint16_t)label;
    } else {
        refuse(xml, method, api->params, expected);
    }
    api->named[method] = true;
}

/* Methods that are missing altogether. */
static void check_required(struct reader *reader, const struct api *api)
{
    for (unsigned method = 0; method < CAPDL_METHOD_COUNT; method++) {
        if (!api->named[method] && method_required(reader->profile, method)) {
            capdl_error(reader->diags, reader_position(reader, "libsel4/include/interfaces"),
                        "no method '%s' (%s), which every boot on %s needs",
                        method_xml_id(reader->profile->arch, method), method_names[method],
                        arch_key(reader->profile->arch));
        }
    }
}

void read_labels(struct reader *reader)
{
    struct api api = {.next_label = 1};
    struct xml_reader xml = {.reader = reader, .start = api_start, .end = api_end, .context = &api};
    bool complete = true;
    for (size_t i = 0; i < CAPDL_METHOD_COUNT; i++) {
        reader->profile->labels[i] = CAPDL_PROFILE_ABSENT;
    }
    for (size_t i = 0; i < sizeof(api_files) / sizeof(api_files[0]); i++) {
        complete = xml_read(&xml, api_files[i], "the kernel's invocations and their labels") && complete;
    }
    if (complete) {
        check_required(reader, &api);
    }
}
