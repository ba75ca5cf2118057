/* SPDX-License-Identifier: BSD-2-Clause */
/* Interface files of libsel4: XML in which `condition` elements switch their parent on or off. */
#ifndef TOOL_PROFILE_XML_H
#define TOOL_PROFILE_XML_H

#include "profile/prefix.h"

struct xml_reader {
    struct reader *reader;
    const struct text_file *file;
    void *parser; /* XML_Parser */
    int depth;
    struct xml_frame {
        char name[16];  /* of the element; longer ones cut, which none of ours is */
        bool value;     /* of a condition or one of its operators; of other elements: switched on */
        unsigned count; /* operands seen */
    } frames[32];
    bool stopped;

    /* Called at the start and the end of every element outside conditions. At the end, xml_is_on is final. */
    void (*start)(struct xml_reader *, const char *name, const char *const *attributes);
    void (*end)(struct xml_reader *, const char *name);
    void *context;
};

/* Reads a required file; purpose is for the message when it is missing. False if it could not be read to its end.
 */
bool xml_read(struct xml_reader *, const char *relative, const char *purpose);

/* The position the parser is at. */
struct capdl_pos xml_position(const struct xml_reader *);
/* Name of the element `up` levels above the innermost open one, "" above the root. */
const char *xml_ancestor(const struct xml_reader *, int up);
/* Whether no condition so far has switched the innermost open element, or one around it, off. */
bool xml_is_on(const struct xml_reader *);
/* Value of an attribute, 0 if it is missing. */
const char *xml_attribute(const char *const *attributes, const char *name);

#endif
