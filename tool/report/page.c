/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/base64.h"
#include "report/members.h"
#include "report/template.h"
#include "report/terms.h"

/* The page's own script is the only one that may run: the policy in its head names it by this digest. */
static struct json_object *script_digest(void)
{
    const char *script = template_file("page.js");
    uint8_t digest[SHA256_BYTES];
    struct sha256 hash;
    sha256_init(&hash);
    sha256_add(&hash, script, strlen(script));
    sha256_end(&hash, digest);
    char *text = report_base64(digest, sizeof(digest));
    struct json_object *json = json_object_new_string(text);
    free(text);
    return json;
}

/* The words of the page that need an explanation. */
static struct json_object *glossary(struct json_object *model)
{
    const struct term *found[TERMS_MOST];
    size_t count = terms_of(json_object_to_json_string_ext(model, JSON_C_TO_STRING_NOSLASHESCAPE), found);
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        struct json_object *entry = json_object_new_object();
        report_text(entry, "word", found[i]->word);
        report_text(entry, "meaning", found[i]->meaning);
        json_object_array_add(list, entry);
    }
    return list;
}

void report_page(struct json_object *model, const char *name, FILE *out)
{
    struct json_object *page = json_object_new_object();
    bool html = strstr(name, ".html") != NULL;
    json_object_object_add(page, "script_digest", script_digest());
    json_object_object_add(page, "glossary", html ? glossary(model) : NULL);
    json_object_object_add(page, "model", json_object_get(model));
    template_print(name, html ? TEMPLATE_HTML : TEMPLATE_TEXT, page, out);
    json_object_put(page);
}
