/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

#include <string.h>

#include "report/template.h"

/* The page's own script is the only one that may run: the policy in its head names it by this digest. */
static void script_digest(char text[48])
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *script = template_file("page.js");
    uint8_t digest[SHA256_BYTES + 1] = {0};
    struct sha256 hash;
    sha256_init(&hash);
    sha256_add(&hash, script, strlen(script));
    sha256_end(&hash, digest);
    for (unsigned i = 0; i < 11; i++) {
        unsigned bits = (unsigned)digest[3 * i] << 16 | (unsigned)digest[3 * i + 1] << 8 | digest[3 * i + 2];
        for (unsigned j = 0; j < 4; j++) {
            *text++ = digits[bits >> (18 - 6 * j) & 63];
        }
    }
    text[-1] = '=';
    *text = '\0';
}

void report_page(struct json_object *model, const char *name, FILE *out)
{
    char digest[48];
    struct json_object *page = json_object_new_object();
    bool html = strstr(name, ".html") != NULL;
    script_digest(digest);
    json_object_object_add(page, "script_digest", json_object_new_string(digest));
    json_object_object_add(page, "model", json_object_get(model));
    template_print(name, html ? TEMPLATE_HTML : TEMPLATE_TEXT, page, out);
    json_object_put(page);
}
