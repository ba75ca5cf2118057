/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands share: exit codes, options, and reading SPEC or IMAGE arguments. */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <getopt.h>

#include <capdl/escape.h>

#include "base/file.h"
#include "image/image.h"
#include "image/seal.h"

enum exit_code {
    EXIT_FINE = 0,
    EXIT_FINDINGS = 1, /* bad input, a difference, a boot that failed */
    EXIT_TROUBLE = 2,  /* usage, or a file that cannot be read or written */
};

/* Options that several subcommands understand; each keeps what it needs. */
struct options {
    const char *output;
    const char *kernel;
    const char *arch;
    const char *untypeds;
    const char *memory_map;
    const char *until;
    const char *trace; /* a filter, "" for everything; 0: no trace */
    const char *spec;
    const struct capdl_profile
        *profile;             /* of a spec's PDs when no --kernel is given; 0: the default of its architecture */
    const char **directories; /* ended by 0 */
    size_t num_directories;
    bool no_checks[CAPDL_CHECK_COUNT];
    const char *format, *dtb;
    uint64_t at, initialiser_at; /* 0: not given */
    const char **reserved;       /* ended by 0 */
    size_t num_reserved;
    const char **externals; /* ended by 0 */
    size_t num_externals;
    const char **devices; /* ended by 0 */
    size_t num_devices;
    double timeout; /* seconds; 0: not given */
    size_t max_errors;
    size_t max_warnings;       /* more are a finding */
    const char *focus, *level; /* a subject; "subjects" or "objects" */
    bool all;                  /* draw faults and control */
    bool inputs;               /* the files that an image was made from */
    const char *policy, *date; /* a file; the day on which waivers are looked at */
    const char *only;          /* a subject; 0: all */
    unsigned min_rank;         /* graver findings and these are shown; 0: all */
    unsigned fail_rank;        /* and of these the exit code tells; 0: all but layout */
    bool strip, quiet, json, strict, list_checks, markdown;
    bool stats, raw;
    bool firmware_dtb;
    bool header, board_devices; /* of `profile` */
    const char *depfile;        /* 0: none */
    const char *stdin_filename; /* what "-" is called; 0: nothing */
    bool sarif;
    bool man;               /* of `help` */
    const char *completion; /* a shell; 0: none */
    const char *device;     /* one device of a board; 0: all */
    const char *fill_file;  /* of `expand`; 0: none */
    bool json_diags;        /* diagnostics as JSON on standard output */
    bool summary;           /* their number in a line after them */
    bool wide_rights;       /* of Microkit systems */
    const char *board, *config, *report, *image_type, *capdl_json, *viper_output, *override_kernel; /* of `microkit` */
    char **operands; /* what is not an option */
    int num_operands;
};

/* Letters that say which options a subcommand takes; each is described once, in options.c. */
enum option_set {
    OPTION_OUTPUT = 1,
    OPTION_KERNEL = 2,
    OPTION_ARCH = 4,
    OPTION_DIRECTORIES = 8,
    OPTION_STRIP = 16,    /* --strip, --quiet */
    OPTION_MAP = 1 << 19, /* --memory-map, which OPTION_UNTYPEDS has, too */
    OPTION_TIMEOUT = 32,
    OPTION_UNTIL = 64,
    OPTION_UNTYPEDS = 128,
    OPTION_IMAGE = 512, /* --format, --dtb, --at, --initialiser-at, --external, --reserve */
    OPTION_SPEC = 1024,
    OPTION_JSON = 2048,
    OPTION_RESULT = 4096, /* --json of commands that make something */
    OPTION_RESERVE = 8192,
    OPTION_STRICT = 16384, /* --strict, --fill-file */
    OPTION_NEW = 32768,    /* --arch of `init` */
    OPTION_DTB = 65536,
    OPTION_DEVICES = 131072,
    OPTION_TRACE = 262144, /* --trace, --stats */
    OPTION_RAW = 1 << 20,
    OPTION_CHECKS = 256,       /* --no-check, -W, --max-warnings, --max-errors */
    OPTION_FINDINGS = 1 << 21, /* --markdown, --only, --min-rank, --fail-on */
    OPTION_PROFILE = 1 << 22,  /* --header, --devices, --device, --dtb of `profile` */
    OPTION_DEPFILE = 1 << 26,
    OPTION_EDITOR = 1 << 27,   /* --list-checks, --sarif, --stdin-filename of `check` */
    OPTION_POLICY = 1 << 24,   /* --policy, --date */
    OPTION_MANUAL = 1 << 23,   /* --man, --completion of `help` */
    OPTION_PLACE = 1 << 29,    /* --at, --initialiser-at */
    OPTION_MICROKIT = 1 << 28, /* --board and so on of `microkit` */
    OPTION_NAMES = 1 << 30,    /* --dtb of `diff` */
    OPTION_GRAPH = 1 << 25,    /* --focus, --level, --all */
    OPTION_INPUTS = INT32_MIN, /* --inputs of `show` */
};

struct json_object;

struct usage {
    const char *synopsis; /* without the program's name: "check [options] SPEC" */
    const char *text;     /* what it does, in a few lines */
    unsigned takes;       /* enum option_set */
    int min_operands, max_operands;
    unsigned needs;       /* of these, OPTION_OUTPUT and OPTION_KERNEL must be given */
    const char *examples; /* command lines, one a line */
    const char *findings; /* what exit code 1 means; NULL: it does not happen */
    bool own_terminal;    /* no progress is shown on it */
};

/* The subcommands; argv[0] is the name. Each returns an exit code. */
#define COMMAND(name, summary)             \
    int cmd_##name(int argc, char **argv); \
    extern const struct usage usage_##name;
#include "commands.def"
#undef COMMAND

enum { OPTIONS_GO = -1 };

/* Parses the command line of a subcommand. Returns OPTIONS_GO; else help or a message is printed, there is nothing to
   free, and the caller ends with the exit code returned. */
int options_parse(const struct usage *, int argc, char **argv, struct options *);
void options_free(struct options *);
/* Whether -o names a file with this ending, such as ".html". */
bool options_output_is(const struct options *, const char *ending);
/* One more to look in, after those given. */
void options_add_directory(struct options *, const char *);
/* Another of --external, unless it was given. */
void options_external(struct options *, const char *name);
/* Whether --at and --initialiser-at, if given, can be what they are for the kernel of a profile; else an error. */
bool options_place_good(const struct options *, const struct capdl_profile *, struct capdl_diags *);
/* The memory of all --reserve, in their order; what is none is an error. To be freed. */
struct capdl_region *options_reserved(const struct options *, struct capdl_diags *);

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
/* What to compile the input by; `reserved`: from options_reserved. */
struct image_options input_image_options(const struct input *, const struct options *,
                                         const struct capdl_region *reserved);
/* Compiles a spec into memory, *bytes, which is to be freed when the image is no longer needed, and opens the image.
   False: an error is in the diagnostics. */
bool input_compile(struct input *, const struct options *, char **bytes, size_t *size);
/* Makes all checks, also of a text in which reading found mistakes, so that one run reports them all. Given
   input_read's exit code, returns the code to go on with. */
int input_check(struct input *, int code);
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
/* All that `capdl check` finds in a text, without printing it; to be freed. */
void check_text(struct input *, const char *name, const char *text, size_t size, const struct options *);

#endif
