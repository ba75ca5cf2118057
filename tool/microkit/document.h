/* SPDX-License-Identifier: BSD-2-Clause */
/* XML documents as trees of elements. What system descriptions never hold is refused: text, document types, entities.
 */
#ifndef TOOL_MICROKIT_DOCUMENT_H
#define TOOL_MICROKIT_DOCUMENT_H

#include <capdl/spec.h>

struct xml_attribute {
    const char *name, *value;
    struct xml_attribute *next;
};

struct xml_element {
    const char *name;
    struct capdl_pos pos; /* of its start tag */
    struct xml_attribute *attributes;
    struct xml_element *parent, *first, *last, *next;
};

/* The root element, in the spec's memory; NULL when the document is not one, which is reported. */
struct xml_element *document_read(struct capdl_spec *, struct capdl_diags *, uint16_t source);
/* An attribute's value, or NULL. */
const char *xml_value(const struct xml_element *, const char *name);

#endif
