/* SPDX-License-Identifier: BSD-2-Clause */
#include "unicorn.h"

#include <dlfcn.h>

struct unicorn unicorn;

/* The library's name has the version of its interface. */
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number
#define LIBRARY "libunicorn.so." TEXT(UC_API_MAJOR)

static const struct {
    const char *name;
    void **function;
} functions[] = {
#define UNICORN(function) {"uc_" #function, (void **)&unicorn.function},
#include "unicorn.def"
#undef UNICORN
};

const char *unicorn_load(void)
{
    static void *library;

    if (library) {
        return NULL;
    }
    void *found = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (!found) {
        return dlerror();
    }
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        *functions[i].function = dlsym(found, functions[i].name);
        if (!*functions[i].function) {
            return dlerror();
        }
    }
    library = found;
    return NULL;
}
