/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <capdl/spec.h>

const char *capdl_synonym(enum capdl_synonym_place place, const char *word, size_t length)
{
    static const struct {
        enum capdl_synonym_place place;
        const char *word, *write;
    } synonyms[] = {
#define CAPDL_SYNONYM(where, word, write) {CAPDL_SYNONYM_##where, word, write},
#include <capdl/synonyms.def>
#undef CAPDL_SYNONYM
    };

    for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++) {
        if (synonyms[i].place == place && strlen(synonyms[i].word) == length &&
            memcmp(synonyms[i].word, word, length) == 0) {
            return synonyms[i].write;
        }
    }
    return NULL;
}
