/* SPDX-License-Identifier: BSD-2-Clause */
/* The definitions for Viper that are made of views.system, as Microkit's tool makes them: views_test DIRECTORY
 * PROGRAMS. The directory has what is expected of some protection domains, NAME.vpr. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../check.h"
#include "base/file.h"
#include "microkit/microkit.h"
#include "profile/profile.h"

static void compare(const struct microkit_view *view)
{
    struct file_bytes expected;
    char name[64];
    snprintf(name, sizeof(name), "%s.vpr", view->pd);
    if (!file_read(name, &expected)) {
        return;
    }
    CHECK(strlen(view->text) == expected.size && memcmp(view->text, expected.data, expected.size) == 0,
          "not as in %s:\n%s", name, view->text);
    file_release(&expected);
}

int main(int argc, char **argv)
{
    struct microkit_view *views = NULL;
    const char *const directories[] = {argc > 2 ? argv[2] : ".", NULL};
    struct microkit_options options = {.profile = profile_builtin("aarch64-mcs"),
                                       .spec_path = "views.system",
                                       .directories = directories,
                                       .views = &views};
    struct file_bytes text;
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    if (argc != 3 || chdir(argv[1]) != 0 || !file_read(options.spec_path, &text)) {
        return 2;
    }
    uint16_t source = capdl_diags_add_source(&diags, options.spec_path, (const char *)text.data, text.size);
    capdl_spec_init(&spec);
    CHECK(microkit_read(&spec, &diags, source, &options), "views.system is refused");
    capdl_diags_print(&diags, stderr, 0);
    for (const struct microkit_view *view = views; view; view = view->next) {
        compare(view);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    file_release(&text);
    CHECK(checks_made > 1, "nothing was compared");
    return check_result();
}
