/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects, subjects, rights and sizes in words. */
#ifndef CAPDL_REVIEW_WORDS_H
#define CAPDL_REVIEW_WORDS_H

#include "comparison.h"

/* "client", "I/O device 'nic'", or "SMMU device 'gpu'" of a stream id. Returns text or a name that stays. */
const char *capdl_review_who_label(const struct review *, uint32_t who, char text[REVIEW_LABEL]);
/* "client", "client and other", "client, app[0..7], third and 2997 more": a dozen names. To be
   freed. */
char *capdl_review_names(const struct review *, const uint32_t *who, size_t count);
/* The same of labels, as many as `most`; elements of an array are one. To be freed. */
char *capdl_review_label_list(const char *const *labels, size_t count, size_t most);
/* "4 KiB" */
const char *capdl_review_size(uint64_t bytes, char text[32]);
/* The hash of texts, one after the other; a text that is not there counts as an empty one. */
uint64_t capdl_review_hash(uint64_t before, const char *text);
#define REVIEW_HASH UINT64_C(0xcbf29ce484222325) /* before the first */
/* A sentence, to be freed. */
char *capdl_review_format(const char *format, ...) CAPDL_PRINTF(1, 2);
/* "frame 'a'": an object of the comparison, in a buffer of REVIEW_LABEL bytes. Returns the buffer. */
const char *capdl_review_object(const struct review *, uint64_t object, char *buffer);
/* The name of a subject of the comparison. */
const char *capdl_review_subject(const struct review *, uint32_t subject);
/* "R", "WX", "-": in the letters of the language. Returns text. */
const char *capdl_review_rights(enum capdl_kind, uint64_t rights, char text[8]);
/* The kind of an object of the comparison, or of what the kernel has from the start. */
enum capdl_kind capdl_review_kind(const struct review *, uint64_t object);
/* "frame 'a', frame 'b[0..7]' and 3 more", or "" for none: objects of one system, in order. To be freed. */
char *capdl_review_list(const struct review *, const struct world *, const uint32_t *objects, size_t count);
/* An object as the spec shows it in which it is best called by its name; false if it is what the kernel has from the
   start. */
bool capdl_finding_object(const struct review *, uint64_t object, const struct capdl_spec **, uint32_t *id);

#endif
