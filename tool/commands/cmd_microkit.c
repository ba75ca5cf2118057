/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of the microkit command: from a system description to a boot image and a report. docs/microkit.md */
#include "commands.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <capdl/architecture.h>

#include "base/depfile.h"
#include "base/memory.h"
#include "image/forecast.h"
#include "image/seal.h"
#include "input/provenance.h"
#include "json/spec_json.h"
#include "microkit/microkit.h"
#include "microkit_report.h"
#include "options/lists.h"
#include "pack/pack.h"
#include "profile/profile.h"
#include "review/digest.h"

const struct usage usage_microkit = {
    "microkit SYSTEM --board BOARD --config CONFIG [--search-path DIR...] [-o IMAGE] [-r REPORT]\n"
    "        [--image-type TYPE] [--capdl-json FILE] [--viper-output DIR] [--memory-map MAP]",
    "Takes the place of the microkit command: makes a boot image and a report of a Microkit system description.\n"
    "Kernels are those of the SDK that MICROKIT_SDK names, in board/BOARD/CONFIG. Programs are looked for in the\n"
    "search path, then in the working directory. The image is what the board's firmware loads, at the address\n"
    "that Microkit uses; on x86-64 the kernels sel4.elf and sel4_32.elf are put beside it. Default outputs:\n"
    "loader.img and report.txt.",
    .takes = OPTIONS(OPTION_OUTPUT, OPTION_MEMORY_MAP, OPTION_SEARCH_PATH, OPTION_BOARD, OPTION_CONFIG,
                     OPTION_REPORT_OUTPUT, OPTION_IMAGE_TYPE, OPTION_CAPDL_JSON, OPTION_VIPER_OUTPUT,
                     OPTION_OVERRIDE_KERNEL, OPTION_RIGHTS_MICROKIT),
    .needs = OPTIONS(OPTION_BOARD, OPTION_CONFIG),
    .min_operands = 1,
    .max_operands = 1,
    .examples =
        "capdl microkit hello.system --search-path build --board qemu_virt_aarch64 --config debug -o loader.img",
    .findings = "Errors in the system description or its programs: no image is written.",
};

struct board {
    const char *name;
    uint64_t address;
    unsigned core_step;
    const char *format;
};

static const struct board boards[] = {
#define MICROKIT_BOARD(name, address, step, format) {name, address, step, format},
#include "microkit_boards.def"
#undef MICROKIT_BOARD
};

/* One that is not in the table is somebody's own: our loader chooses its place. */
static struct board board_named(const char *name)
{
    for (size_t i = 0; i < sizeof(boards) / sizeof(boards[0]); i++) {
        if (strcmp(boards[i].name, name) == 0) {
            return boards[i];
        }
    }
    return (struct board){.name = name};
}

/* `--search-path a b c` is what getopt calls --search-path=a --search-path=b --search-path=c. To be freed. */
static char **spread_paths(int *argc, char **argv)
{
    char **list = memory_zeroed(2 * (size_t)*argc + 1, sizeof(*list));
    bool paths = false;
    int count = 0;
    for (int i = 0; i < *argc; i++) {
        bool option = argv[i][0] == '-';
        bool first = i > 0 && strcmp(argv[i - 1], "--search-path") == 0;
        if (paths && !option && !first) {
            list[count++] = (char *)(uintptr_t) "--search-path";
        }
        list[count++] = argv[i];
        paths = option ? strcmp(argv[i], "--search-path") == 0 : paths;
    }
    *argc = count;
    return list;
}

static bool is_directory(const char *parent, const char *name)
{
    struct stat status;
    char *path = memory_format("%s/%s", parent, name);
    bool is = name[0] != '.' && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    free(path);
    return is;
}

/* The directories in one, for a message; to be freed. */
static char *list_names(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    char *text = memory_zeroed(1, 1);
    for (int i = 0; i < count; i++) {
        if (is_directory(path, entries[i]->d_name)) {
            char *longer = memory_format("%s%s%s", text, *text ? ", " : "", entries[i]->d_name);
            free(text);
            text = longer;
        }
        free(entries[i]);
    }
    if (count >= 0) {
        free(entries);
    }
    return text;
}

/* DIRECTORY/name, if that is a directory; else a message lists those there are. To be freed. */
static char *enter(char *directory, const char *name, const char *what)
{
    char *path = NULL;
    if (name[0] && !strchr(name, '/') && is_directory(directory, name)) {
        path = memory_format("%s/%s", directory, name);
    } else {
        char *names = list_names(directory);
        capdl_escape_printf(stderr, "capdl microkit: there is no %s '%s' in %s: expected %s\n", what, name, directory,
                            *names ? names : "one");
        free(names);
    }
    free(directory);
    return path;
}

/* The kernel's directory, to be freed; NULL after a message. */
static char *find_kernel(const struct options *options)
{
    const char *sdk = getenv("MICROKIT_SDK");
    if (!sdk || !*sdk) {
        fprintf(stderr, "capdl microkit: MICROKIT_SDK is not set, expected the directory of Microkit's SDK\n");
        return NULL;
    }
    char *directory = enter(memory_need(strdup(sdk)), "board", "directory");
    directory = directory ? enter(directory, options->board, "board") : NULL;
    return directory ? enter(directory, options->config, "configuration") : NULL;
}

/* "binary", "elf", "uimage", as microkit calls them; PACK_FORMAT_COUNT: not for this architecture. */
static enum pack_format format_of(const char *type, bool has_uimage)
{
    bool known = strcmp(type, "elf") == 0 || (has_uimage && strcmp(type, "uimage") == 0);
    return strcmp(type, "binary") == 0 ? pack_format_named("raw") : known ? pack_format_named(type) : PACK_FORMAT_COUNT;
}

struct build {
    struct input *input;
    const struct options *options;
    struct board board;
    const char *image_type, *output, *report, *kernel;
    char *image; /* of the initialiser */
    size_t image_size;
    struct pack_placement placement;
};

static bool compile(struct build *b)
{
    struct input *input = b->input;
    struct image_options how = {
        .profile = &input->profile, .spec_path = input->name, .directories = b->options->directories};
    uint8_t system[SHA256_BYTES];
    how.system = digest_system(&input->spec, input->name, how.directories, system) ? system : NULL;
    FILE *out = open_memstream(&b->image, &b->image_size);
    char *inputs = inputs_describe(input, b->options, &how.inputs_size);
    how.inputs = inputs;
    bool good = out && image_compile(&input->spec, &how, &input->diags, out);
    free(inputs);
    if (out) {
        fclose(out);
    }
    return good && image_open(&input->image, input->name, (const uint8_t *)b->image, b->image_size, &input->diags);
}

/* Files that appear together or not at all. */
struct targets {
    struct target {
        struct file_output file;
        char *path, *place;
    } *list;
    size_t count, capacity;
};

static void target_free(struct target *target)
{
    free(target->path);
    free(target->place);
}

/* Whether a step went well for a target; a message if it did not. */
static bool target_good(const struct target *target, bool good)
{
    if (!good) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", target->path, strerror(errno));
    }
    return good;
}

/* A file in the directory of another; to be freed. */
static char *beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    return memory_format("%.*s%s", slash ? (int)(slash - path + 1) : 0, path, name);
}

/* The same however a file, which need not be there yet, is named; to be freed. */
static char *place_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *directory = beside(path, "."), *known = realpath(path, NULL), *above = realpath(directory, NULL);
    char *place = known   ? memory_need(strdup(known))
                  : above ? memory_format("%s/%s", above, slash ? slash + 1 : path)
                          : memory_need(strdup(path));
    free(directory);
    free(known);
    free(above);
    return place;
}

static bool is_named_twice(const struct targets *targets, const struct target *target)
{
    for (size_t i = 0; i < targets->count; i++) {
        if (strcmp(targets->list[i].place, target->place) == 0) {
            capdl_escape_printf(stderr, "capdl microkit: %s is named for two outputs\n", target->path);
            return true;
        }
    }
    return false;
}

/* The stream of one more, NULL after a message. */
static FILE *target_add(struct build *b, struct targets *targets, const char *path)
{
    struct target target = {.path = memory_need(strdup(path)), .place = place_of(path)};
    bool good = !is_named_twice(targets, &target) && output_is_safe(b->input, b->options, path);
    if (!good || !target_good(&target, file_create(&target.file, path))) {
        target_free(&target);
        return NULL;
    }
    targets->list = memory_grow(targets->list, &targets->capacity, targets->count + 1, sizeof(*targets->list));
    targets->list[targets->count++] = target;
    return target.file.stream;
}

/* None gets its name before the bytes of all are written. */
static bool targets_finish(struct targets *targets, bool good)
{
    bool all = good;
    for (size_t i = 0; all && i < targets->count; i++) {
        FILE *stream = targets->list[i].file.stream;
        all = target_good(&targets->list[i], fflush(stream) == 0 && !ferror(stream));
    }
    for (size_t i = 0; i < targets->count; i++) {
        struct target *target = &targets->list[i];
        if (all) {
            all = target_good(target, file_commit(&target->file));
        } else {
            file_abandon(&target->file);
        }
        target_free(target);
    }
    free(targets->list);
    return all;
}

/* Where kernel, image and loader are, the system fits: else an error. */
static bool write_boot_image(struct build *b, FILE *out)
{
    struct input *input = b->input;
    const struct pack_options pack = {
        .profile = &input->profile,
        .image = {input->name, (const uint8_t *)b->image, b->image_size},
        .format = format_of(b->image_type, true),
        .at = b->board.address,
        .core_step = b->board.core_step,
        .placement = &b->placement,
    };
    const struct fit_options how = {.profile = &input->profile, .name = input->name};
    struct fit_options placed = how;
    if (!pack_image(&pack, &input->diags, out)) {
        return false;
    }
    placed.tree_at = b->placement.tree_at;
    placed.tree_size = b->placement.tree_size;
    placed.image_at = b->placement.image_at;
    return fit_check_image(&input->image, &placed, &input->diags);
}

static bool copy_kernel(struct build *b, FILE *out)
{
    char *path = profile_file(b->kernel, "bin/kernel.elf");
    struct file_bytes bytes;
    bool good = file_read(path, &bytes);
    if (good) {
        fwrite(bytes.data, 1, bytes.size, out);
        file_release(&bytes);
    } else {
        capdl_error(&b->input->diags, CAPDL_NOWHERE, "%s: cannot be read: %s", path, file_error());
    }
    free(path);
    return good;
}

static bool write_report(struct build *b, FILE *out)
{
    const struct microkit_report report = {.spec = &b->input->spec,
                                           .image = &b->input->image,
                                           .diags = &b->input->diags,
                                           .profile = &b->input->profile,
                                           .name = b->input->name,
                                           .board = b->board.name,
                                           .config = b->options->config,
                                           .kernel = b->kernel,
                                           .output = b->output,
                                           .address = b->board.address,
                                           .placement = b->placement};
    return microkit_report(&report, out);
}

/* The image, long enough not to fit into a gap of the kernel as the SDK has it, which would overwrite it there: zeros
 * are before its seal. */
static bool write_module(const struct build *b, FILE *out)
{
    enum { LARGEST_GAP = 8 << 20 };
    size_t size = b->image_size < LARGEST_GAP ? LARGEST_GAP : b->image_size;
    uint8_t *bytes = memory_zeroed(size, 1);
    memcpy(bytes, b->image, b->image_size - SEAL_BYTES);
    memcpy(bytes + size - SEAL_BYTES, b->image + b->image_size - SEAL_BYTES, SEAL_BYTES);
    seal_renew(bytes, size, NULL);
    bool good = fwrite(bytes, 1, size, out) == size;
    if (!good) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", b->output, strerror(errno));
    }
    free(bytes);
    return good;
}

/* The module, and both kernels beside it. */
static bool write_pc(struct build *b, FILE *out, FILE *narrow, FILE *wide)
{
    return write_module(b, out) && pack_multiboot(&b->input->profile, &b->input->diags, narrow) && copy_kernel(b, wide);
}

/* The directory and all above it. */
static bool make_directories(const char *path)
{
    char *part = memory_need(strdup(path));
    bool good = true;
    for (char *end = part; good && end; *end = '/') {
        end = strchr(end + 1, '/');
        if (end) {
            *end = 0;
        }
        good = mkdir(part, 0777) == 0 || errno == EEXIST;
        if (!good) {
            capdl_escape_printf(stderr, "capdl: cannot make the directory %s: %s\n", part, strerror(errno));
        }
        if (!end) {
            break;
        }
    }
    free(part);
    return good;
}

/* A file for each domain. */
static bool add_views(struct build *b, struct targets *targets)
{
    const char *directory = b->options->viper_output;
    if (!directory) {
        return true;
    }
    bool good = make_directories(directory);
    for (const struct microkit_view *view = b->input->views; good && view; view = view->next) {
        char *path;
        FILE *out = NULL;
        if (strchr(view->pd, '/')) {
            capdl_escape_printf(stderr,
                                "capdl microkit: no file can have the name of protection domain '%s', as "
                                "--viper-output needs\n",
                                view->pd);
            return false;
        }
        path = memory_format("%s/%s.vpr", directory, view->pd);
        out = target_add(b, targets, path);
        free(path);
        if (out) {
            fputs(view->text, out);
        }
        good = out;
    }
    return good;
}

static int write_all(struct build *b)
{
    bool pc = capdl_architecture(b->input->profile.arch)->pc;
    char *narrow_path = beside(b->output, "sel4_32.elf"), *wide_path = beside(b->output, "sel4.elf");
    const char *json_path = b->options->capdl_json;
    struct targets targets = {.count = 0};
    FILE *image = target_add(b, &targets, b->output), *report = image ? target_add(b, &targets, b->report) : NULL;
    FILE *narrow = pc && report ? target_add(b, &targets, narrow_path) : NULL;
    FILE *wide = narrow ? target_add(b, &targets, wide_path) : NULL;
    FILE *json = json_path && report && (!pc || wide) ? target_add(b, &targets, json_path) : NULL;
    bool open = report && (!pc || wide) && (!json_path || json) && add_views(b, &targets);
    bool good = open && (pc ? write_pc(b, image, narrow, wide) : write_boot_image(b, image)) && write_report(b, report);
    if (good && json) {
        spec_json_write_rust(&b->input->spec, json);
    }
    bool full = image && ferror(image);
    bool written = targets_finish(&targets, good);
    free(narrow_path);
    free(wide_path);
    return written ? EXIT_FINE : open && !good && !full ? EXIT_FINDINGS : EXIT_TROUBLE;
}

static bool choose_type(struct build *b)
{
    const struct capdl_architecture *facts = capdl_architecture(b->input->profile.arch);
    const char *standard = b->board.format ? b->board.format : facts->pc ? "elf" : "binary";
    bool has_uimage = !b->board.format || strcmp(b->board.format, "binary") != 0;
    b->image_type = b->options->image_type ? b->options->image_type : standard;
    bool good =
        facts->pc ? strcmp(b->image_type, "elf") == 0 : format_of(b->image_type, has_uimage) != PACK_FORMAT_COUNT;
    if (!good) {
        capdl_error(&b->input->diags, CAPDL_NOWHERE, "--image-type %s is not for board %s, expected %s", b->image_type,
                    b->board.name,
                    facts->pc    ? "elf"
                    : has_uimage ? "binary, elf or uimage"
                                 : "binary or elf");
    }
    return good;
}

static int build(struct build *b)
{
    if (!choose_type(b) || !compile(b)) {
        return EXIT_FINDINGS;
    }
    int code = write_all(b);
    free(b->image);
    b->image = NULL;
    return code;
}

static int run(struct options *options)
{
    struct input input;
    char *kernel = find_kernel(options);
    if (!kernel) {
        return EXIT_TROUBLE;
    }
    options->kernel = kernel;
    file_find_only_in_directories();
    depfile_start();
    int code = input_read(&input, options->operands[0], INPUT_SPEC, options);
    input.diags.disabled[CAPDL_CHECK_X86_EXEC] = true; /* nobody can mend it */
    code = input_check(&input, code);
    if (code == EXIT_FINE) {
        struct build b = {.input = &input,
                          .options = options,
                          .board = board_named(options->board),
                          .output = options->output ? options->output : "loader.img",
                          .report = options->report ? options->report : "report.txt",
                          .kernel = kernel};
        code = build(&b);
        free(b.image);
    }
    code = input_finish(&input, options, code);
    free(kernel);
    return code;
}

static bool refused(const struct options *options)
{
    if (options->override_kernel) {
        fprintf(stderr, "capdl microkit: --override-kernel is not supported: put the kernel into a board directory of "
                        "its own, as board/BOARD/CONFIG/elf/sel4.elf\n");
    }
    return options->override_kernel;
}

int cmd_microkit(int argc, char **argv)
{
    struct options options;
    char **words = spread_paths(&argc, argv);
    int code = options_parse(&usage_microkit, argc, words, &options);
    if (code == OPTIONS_GO) {
        list_add(&options.directories, ".");
        code = refused(&options) ? EXIT_TROUBLE : run(&options);
        options_free(&options);
    }
    free(words);
    return code;
}
