/* SPDX-License-Identifier: BSD-2-Clause */
#include "unicorn.h"

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/sanitizer.h"
#include "machine.h"

struct unicorn unicorn;

/* The library's name has the version of its interface. */
#define TEXT(number) TEXT_OF(number)
#define TEXT_OF(number) #number
#define LIBRARY "libunicorn.so." TEXT(UC_API_MAJOR)

/* Its tens of thousands of symbols are its own: looked for there first, they are found in half the time. Sanitizers
 * refuse that, and not all C libraries have it. */
#if defined(RTLD_DEEPBIND) && !WITH_ADDRESS_SANITIZER
enum { HOW = RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND };
#else
enum { HOW = RTLD_NOW | RTLD_LOCAL };
#endif

static struct {
    pthread_t thread;
    bool runs;
} loader;

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
    void *found = dlopen(LIBRARY, HOW);
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

static void *load(void *unused)
{
    unicorn_load(); /* whoever needs it tries again, and says what is wrong */
    return unused;
}

void machine_prepare(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are for the first thread */
    loader.runs = pthread_create(&loader.thread, NULL, load, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    atexit(machine_prepared);
}

void machine_prepared(void)
{
    if (loader.runs) {
        pthread_join(loader.thread, NULL);
        loader.runs = false;
    }
}
