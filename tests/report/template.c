/* SPDX-License-Identifier: BSD-2-Clause */
/* What the pages of `capdl report` and `capdl diff` are made with: values cannot act, sections do what they say. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "report/embedded.h"
#include "report/template.h"

#define TEXT(name, text)                    \
    {                                       \
        name, (const unsigned char *)(text) \
    }
const struct embedded_file embedded_files[] = {
    TEXT("escape", "<p title=\"{{a}}\">{{a}}</p>{{{a}}}"),
    TEXT("list",
         "{{#list}}\n<{{name}}{{outer}}>\n{{/list}}\n{{^list}}\nnone\n{{/list}}\n{{^empty}}E{{/empty}}{{#no}}x{{/no}}"),
    TEXT("inner", "{{#a.b}}{{a.b.c}},{{c}}{{/a.b}} {{missing}}{{a.x.y}}{{^null}}null{{/null}}{{#n}}{{.}}{{/n}}"),
    TEXT("filters", "{{k|size}} {{odd|size}} {{k|count}} {{p|permille}} {{one}} page{{one|s}} {{k}} page{{k|s}}"),
    TEXT("comma", "{{#list}}{{,}}{{.}}{{/list}}"),
    TEXT("include", "[{{>escape}}]"),
};
const size_t num_embedded_files = sizeof(embedded_files) / sizeof(embedded_files[0]);

static void expect(const char *name, enum template_form form, const char *json, const char *expected)
{
    char *text = NULL;
    size_t size;
    struct json_object *value = json_tokener_parse(json);
    FILE *out = open_memstream(&text, &size);
    assert(value && out);
    template_print(name, form, value, out);
    fclose(out);
    if (strcmp(text, expected) != 0) {
        fprintf(stderr, "%s gives\n%s\ninstead of\n%s\n", name, text, expected);
        exit(1);
    }
    free(text);
    json_object_put(value);
}

int main(void)
{
    expect("escape", TEMPLATE_HTML, "{\"a\": \"<b>\\\"'&{{a}}\\u001b\\u202e\"}",
           "<p title=\"&lt;b&gt;&quot;&#39;&amp;{{a}}\\x1b\\u202e\">&lt;b&gt;&quot;&#39;&amp;{{a}}\\x1b\\u202e</p>"
           "<b>\"'&{{a}}\x1b\u202e");
    expect("escape", TEMPLATE_TEXT, "{\"a\": \"<שלום>\\u001b\"}", /* right-to-left letters stay */
           "<p title=\"<שלום>\\x1b\"><שלום>\\x1b</p><שלום>\x1b");
    expect("list", TEMPLATE_TEXT,
           "{\"outer\": \"!\", \"list\": [{\"name\": \"a\"}, {\"name\": \"b\", \"outer\": 2}], \"no\": 0}",
           "<a!>\n<b2>\nE");
    expect("list", TEMPLATE_TEXT, "{\"list\": []}", "none\nE");
    expect("inner", TEMPLATE_TEXT, "{\"a\": {\"b\": {\"c\": 7}}, \"null\": null, \"n\": [1, 2]}", "7,7 null12");
    expect("filters", TEMPLATE_TEXT, "{\"k\": 1048576, \"odd\": 1500, \"p\": 125, \"one\": 1}",
           "1 MiB 1500 bytes 1,048,576 12.5 1 page 1048576 pages");
    expect("comma", TEMPLATE_TEXT, "{\"list\": [1, 2, 3]}", "1, 2, 3");
    expect("include", TEMPLATE_TEXT, "{}", "[<p title=\"{{a}}\">{{a}}</p>{{{a}}}]");
    return 0;
}
