/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes and their values. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "system.h"
#include "document.h"

enum { LIST_SIZE = 512 };

static void list_add(char list[LIST_SIZE], const char *name)
{
    size_t length = strlen(list);
    snprintf(list + length, LIST_SIZE - length, "%s%s", length ? ", " : "", name);
}

/* What older and other dialects of system descriptions have. */
static const struct {
    const char *element, *attribute, *advice;
} dialects[] = {
    {"protection_domain", "pp", "write pp=\"true\" at the caller's end of the channel, as Microkit 2.0 does"},
    {"irq", "pcidev_bus", "write pcidev=\"bus:dev.function\""},
    {"memory_region", "prefill", "write prefill_path"},
    {"map", "setvar_paddr", "write <setvar symbol=... region_paddr=.../> in the protection domain"},
};

static const char *attribute_advice(const struct xml_element *element, const char *attribute)
{
    for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++) {
        if (strcmp(dialects[i].element, element->name) == 0 && strcmp(dialects[i].attribute, attribute) == 0) {
            return dialects[i].advice;
        }
    }
    return NULL;
}

static void report_unknown(struct mk_reader *reader, const struct xml_element *element, const char *name,
                           const struct mk_attribute *rules)
{
    struct capdl_nearest nearest = {NULL};
    const char *advice = attribute_advice(element, name);
    char list[LIST_SIZE] = "";
    for (; rules->name; rules++) {
        list_add(list, rules->name);
        capdl_nearest_try(&nearest, name, strlen(name), rules->name);
    }
    if (advice) {
        capdl_error(reader->diags, element->pos, "'%s' has no attribute '%s': %s", element->name, name, advice);
    } else if (!*list) {
        capdl_error(reader->diags, element->pos, "'%s' has no attributes here, but '%s' was given", element->name,
                    name);
    } else {
        capdl_error(reader->diags, element->pos, "'%s' has no attribute '%s' here, expected %s%s", element->name, name,
                    list, capdl_nearest_hint(&nearest));
    }
}

bool mk_attributes(struct mk_reader *reader, const struct xml_element *element, const struct mk_attribute *rules,
                   const char **values)
{
    bool good = true;
    for (unsigned i = 0; rules[i].name; i++) {
        values[i] = xml_value(element, rules[i].name);
        if (!values[i] && rules[i].needed) {
            capdl_error(reader->diags, element->pos, "'%s' needs the attribute '%s'", element->name, rules[i].name);
            good = false;
        }
    }
    for (const struct xml_attribute *a = element->attributes; a; a = a->next) {
        unsigned i = 0;
        while (rules[i].name && strcmp(rules[i].name, a->name) != 0) {
            i++;
        }
        if (!rules[i].name) {
            report_unknown(reader, element, a->name, rules);
        }
    }
    return good;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

/* As Microkit's tool reads them: underscores count for nothing, 0x makes hexadecimal, then there may be a plus. */
static bool number_parse(const char *text, bool *large, uint64_t *number)
{
    unsigned base = 10, digits = 0;
    bool plus = false, begun = false;
    uint64_t value = 0;
    *large = false;
    for (const char *c = text; *c; c++) {
        if (*c == '_') {
            continue;
        }
        if (!begun && base == 10 && digits == 1 && value == 0 && *c == 'x' && !plus) {
            base = 16;
            digits = 0;
            continue;
        }
        if (*c == '+' && digits == 0 && !plus) {
            plus = true;
            continue;
        }
        int digit = digit_of(*c);
        if (digit >= (int)base) {
            return false;
        }
        begun = digits > 0;
        digits++;
        *large |= value > (UINT64_MAX - (unsigned)digit) / base;
        value = value * base + (unsigned)digit;
    }
    *number = value;
    return digits > 0;
}

static const char *number_text(uint64_t number, char text[32])
{
    snprintf(text, 32, number <= UINT16_MAX ? "%" PRIu64 : "0x%" PRIx64, number);
    return text;
}

bool mk_number(struct mk_reader *reader, const struct xml_element *element, const char *name, const char *text,
               uint64_t least, uint64_t most, uint64_t *number)
{
    uint64_t value = 0;
    bool large = false, good = number_parse(text, &large, &value);
    char end[32];
    if (!good || large || value < least || value > most) {
        capdl_error(reader->diags, element->pos,
                    "'%s' of '%s' is '%s', expected a number from %" PRIu64 " to %s, decimal or after 0x", name,
                    element->name, text, least, number_text(most, end));
        return false;
    }
    *number = value;
    return true;
}

void mk_choice(struct mk_reader *reader, const struct xml_element *element, const char *name, const char *text,
               const char *const words[2], bool *value)
{
    if (!text) {
        return;
    }
    if (strcmp(text, words[0]) == 0 || strcmp(text, words[1]) == 0) {
        *value = strcmp(text, words[1]) == 0;
    } else {
        capdl_error(reader->diags, element->pos, "'%s' of '%s' is '%s', expected '%s' or '%s'", name, element->name,
                    text, words[0], words[1]);
    }
}

void mk_bool(struct mk_reader *reader, const struct xml_element *element, const char *name, const char *text,
             bool *value)
{
    static const char *const words[2] = {"false", "true"};
    mk_choice(reader, element, name, text, words, value);
}

/* Hexadecimal digits up to `end`, with blanks around them. */
static const char *pci_part(const char *text, char end, uint64_t *value)
{
    unsigned digits = 0;
    *value = 0;
    while (*text == ' ') {
        text++;
    }
    text += *text == '+';
    for (; digit_of(*text) < 16; text++) {
        *value = *value < 0x10000 ? *value * 16 + (unsigned)digit_of(*text) : *value;
        digits++;
    }
    while (*text == ' ') {
        text++;
    }
    return digits && *text == end ? text + (end != 0) : NULL;
}

bool mk_pci(struct mk_reader *reader, const struct xml_element *element, const char *name, const char *text,
            uint64_t address[3])
{
    enum { MOST_BUS = 255, MOST_DEVICE = 31, MOST_FUNCTION = 7 };
    const char *at = pci_part(text, ':', &address[0]);
    at = at ? pci_part(at, '.', &address[1]) : NULL;
    at = at ? pci_part(at, 0, &address[2]) : NULL;
    if (!at || address[0] > MOST_BUS || address[1] > MOST_DEVICE || address[2] > MOST_FUNCTION) {
        capdl_error(reader->diags, element->pos,
                    "'%s' of '%s' is '%s', expected a PCI address bus:device.function in hexadecimal, up to ff:1f.7",
                    name, element->name, text);
        return false;
    }
    return true;
}

static bool is_include(const struct xml_element *element)
{
    const char *colon = strchr(element->name, ':');
    return strcmp(colon ? colon + 1 : element->name, "include") == 0;
}

void mk_unknown_element(struct mk_reader *reader, const struct xml_element *element, const char *const *known)
{
    struct capdl_nearest nearest = {NULL};
    const char *where = element->parent ? element->parent->name : "a document";
    char list[LIST_SIZE] = "";
    if (is_include(element)) {
        capdl_error(reader->diags, element->pos,
                    "XInclude is not part of system descriptions: put the pieces together first, with "
                    "'xmllint --xinclude FILE', and use what it prints");
        return;
    }
    for (; *known; known++) {
        list_add(list, *known);
        capdl_nearest_try(&nearest, element->name, strlen(element->name), *known);
    }
    capdl_error(reader->diags, element->pos, "'%s' in '%s', expected %s%s%s", element->name, where,
                !*list              ? "no elements"
                : strchr(list, ',') ? "one of "
                                    : "",
                list, capdl_nearest_hint(&nearest));
}

void mk_no_elements(struct mk_reader *reader, const struct xml_element *element)
{
    static const char *const none[] = {NULL};
    for (const struct xml_element *child = element->first; child; child = child->next) {
        mk_unknown_element(reader, child, none);
    }
}
