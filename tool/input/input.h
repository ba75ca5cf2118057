/* SPDX-License-Identifier: BSD-2-Clause */
/* SPEC and IMAGE arguments of the commands: read (read.c), used, and ended with the messages that they caused. */
#ifndef TOOL_INPUT_H
#define TOOL_INPUT_H

#include <capdl/escape.h>

#include "base/file.h"
#include "image/image.h"
#include "image/seal.h"
#include "options/options.h"

struct json_object;

/* A SPEC or IMAGE argument, read. */
struct input {
    const char *name; /* for messages: the path, or "<stdin>" */
    struct file_bytes bytes;
    struct file_bytes policy; /* of --policy, once it is read */
    struct capdl_diags diags;
    struct capdl_spec spec;
    struct capdl_profile profile;
    bool has_profile, guessed; /* guessed: for want of a named kernel, and not yet looked at whether it will do */
    bool is_image;
    struct image image;          /* when is_image */
    struct sealed sealed;        /* the bytes of an image */
    struct microkit_view *views; /* of `microkit --viper-output` */
    struct json_object *result;  /* what input_finish prints; see result.h */
};

/* What an argument is, by its first bytes. */
enum input_form { INPUT_FORM_TEXT, INPUT_FORM_JSON, INPUT_FORM_MICROKIT, INPUT_FORM_ELF };
enum input_form input_form(const struct file_bytes *);

/* The architecture that --arch names; false if there is none of that name. */
bool input_arch_find(const char *name, enum capdl_arch *);

enum input_want {
    INPUT_SPEC = 1,
    INPUT_IMAGE = 2,
    INPUT_TASK = 4, /* with IMAGE: also a root task that capdl did not make; a kernel must be named for it */
};

/*
 * Reads an argument into a spec: parses a text and replaces its PDs, or opens an image and (unless only INPUT_IMAGE is
 * wanted) recovers its spec. Returns an exit code; everything wrong is in input->diags and has not been printed.
 */
int input_read(struct input *, const char *path, unsigned wanted, const struct options *);
/* The same of input->bytes, called input->name; nothing is printed, and the caller has initialised the rest. */
int input_read_bytes(struct input *, unsigned wanted, const struct options *);
/* The same of a text in memory, called `name`; the bytes are copied. */
int input_read_memory(struct input *, const char *name, const char *text, size_t size, const struct options *);
/* Says so and returns false if an output is the spec, or a file that it takes something from: by mistake, it would be
 * gone. */
bool output_is_safe(const struct input *, const struct options *, const char *output);
/* What the command line says about kernel and architecture, which then wins over the spec's arch line. */
bool input_read_options(struct input *, const struct options *, struct capdl_text_options *);
/* Makes sure the input has a profile: from the options, the image, or the default of its architecture. */
bool input_need_profile(struct input *, const struct options *);
/* The memory of all --reserve, in their order; what is none is an error. To be freed. */
struct capdl_region *input_reserved(const struct options *, struct capdl_diags *);
/* Whether --at and --initialiser-at, if given, can be what they are for the kernel of a profile; else an error. */
bool input_place_good(const struct options *, const struct capdl_profile *, struct capdl_diags *);
/* What to compile the input by; `reserved`: from input_reserved. */
struct image_options input_image_options(const struct input *, const struct options *,
                                         const struct capdl_region *reserved);
/* Compiles a spec into memory, *bytes, which is to be freed when the image is no longer needed, and opens the image.
   False: an error is in the diagnostics. */
bool input_compile(struct input *, const struct options *, char **bytes, size_t *size);
/* Makes all checks, also of a text in which reading found mistakes, so that one run reports them all. Given
   input_read's exit code, returns the code to go on with. */
int input_check(struct input *, int code);
/* All that `capdl check` finds in a spec, by itself, on its kernel and on its board, as input_check does. */
int input_check_spec(struct input *, int code, const struct options *);
/* Whether an image can boot on the kernel of the options. It holds numbers of the kernel it was compiled for; another
   kernel will do if it has the same ones. */
bool input_kernel_fits(struct input *);
/* Whether there are more warnings than the user takes. */
bool input_too_many_warnings(const struct input *, const struct options *);
/* Prints the diagnostics collected, frees everything, and returns the exit code to end with: `code`, or FINDINGS when
 * there were errors or too many warnings. */
int input_finish(struct input *, const struct options *, int code);

/* Frees what input_read made; input_finish does so, too. */
void input_free(struct input *);

#endif
