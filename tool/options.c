/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>
#include <capdl/review.h>

#include "base/memory.h"
#include "base/progress.h"

static const struct option_entry entries[] = {
    {OPTION_OUTPUT, 'o', "output", "FILE", "write to FILE; '-' is standard output"},
    {OPTION_KERNEL, 'k', "kernel", "KERNEL",
     "install prefix, Microkit SDK's board/NAME/CONFIG, or built-in profile such as riscv64-mcs"},
    {OPTION_ARCH, 'a', "arch", "ARCH", "aarch64, riscv or x86_64; overrides the spec's arch line"},
    {OPTION_NEW, 'a', "arch", "ARCH", "aarch64 (the default), riscv or x86_64"},
    {OPTION_DIRECTORIES, 'I', "include", "DIR", "also look for ELF and fill files in DIR; may be repeated"},
    {OPTION_DIRECTORIES, 'g', "microkit-rights", "2.3",
     "give a Microkit system the wide rights of Microkit's tool 2.3, not the least"},
    {OPTION_STRIP, 's', "strip", NULL, "leave object names out of the image"},
    {OPTION_STRIP, 'Q', "quiet", NULL, "make the initialiser print nothing if the boot succeeds"},
    {OPTION_TIMEOUT, 't', "timeout", "SECONDS", "stop after SECONDS"},
    {OPTION_UNTIL, 'u', "until", "TEXT", "stop when the console shows TEXT"},
    {OPTION_RAW, 'R', "raw", NULL, "do not escape the console's output on a terminal"},
    {OPTION_SPEC, 'S', "spec", "SPEC", "also compare with this spec"},
    {OPTION_SPEC, 'p', "report", "REPORT", "compare addresses of objects with a report of capdl microkit"},
    {OPTION_JSON, 'j', "json", NULL, "print JSON"},
    {OPTION_RESULT, 'j', "json", NULL, "print what was done, and all messages, as JSON (docs/building.md)"},
    {OPTION_UNTYPEDS, 'U', "untypeds", "FILE",
     "untypeds that the kernel will report, one 'paddr size_bits is_device' per line"},
    {OPTION_UNTYPEDS | OPTION_MAP | OPTION_MICROKIT, 'M', "memory-map", "MAP",
     "x86-64: the firmware's memory map: a file (boot log or list), or qemu:SIZE[,iommu]"},
    {OPTION_DEVICES, 'D', "device", "DEVICE", "add a device to QEMU, such as edu,addr=4; may be repeated"},
    {OPTION_IMAGE, 'f', "format", "FORMAT", "elf, raw, linux, uimage or efi; on x86-64 multiboot or iso"},
    {OPTION_IMAGE, 'd', "dtb", "FILE", "device tree for the kernel, instead of the one it was built with"},
    {OPTION_IMAGE, 'b', "firmware-dtb", NULL, "hand the kernel the firmware's device tree, if there is one"},
    {OPTION_NAMES, 'd', "dtb", "FILE", "name device memory in findings as this device tree does"},
    {OPTION_DTB, 'd', "dtb", "FILE", "compare device memory and interrupts with this device tree"},
    {OPTION_STRICT, 'x', "strict", NULL, "print only what other capDL tools can read; anything else is an error"},
    {OPTION_STRICT, 'e', "fill-file", "FILE", "move bytes that the spec itself has into FILE"},
    {OPTION_GRAPH, 'z', "focus", "SUBJECT", "draw only SUBJECT and what is related to it"},
    {OPTION_GRAPH, 'v', "level", "LEVEL", "subjects (the default), or objects: every object and capability"},
    {OPTION_GRAPH, 'A', "all", NULL, "draw faults and control, too"},
    {OPTION_INPUTS, 'Z', "inputs", NULL, "print the files that an image was made from, as sha256sum does"},
    {OPTION_EDITOR, 'L', "list-checks", NULL, "list the checks, what each one finds, and its severity"},
    {OPTION_IMAGE | OPTION_PLACE, 'l', "at", "ADDRESS", "physical address of the loader"},
    {OPTION_IMAGE | OPTION_PLACE, 'i', "initialiser-at", "ADDRESS", "physical address of the initialiser"},
    {OPTION_IMAGE, 'X', "external", "NAME",
     "put the program of PD NAME, in reserved memory, into a file of its own; may be repeated"},
    {OPTION_IMAGE | OPTION_RESERVE, 'r', "reserve", "START+SIZE",
     "reserve physical memory for other uses; may be repeated"},
    {OPTION_TRACE, 'T', "trace", "[=FILTER]",
     "print kernel calls and faults, all or those that match FILTER (docs/machine.md)"},
    {OPTION_TRACE, 'c', "stats", NULL, "print totals by thread at the end, and who communicated with whom"},
    {OPTION_FINDINGS, 'K', "markdown", NULL, "print Markdown, for merge requests"},
    {OPTION_FINDINGS, 'y', "only", "SUBJECT", "show only findings that concern SUBJECT"},
    {OPTION_FINDINGS, 'q', "min-rank", "RANK", "show only findings of RANK (1 to 20, or its word) or more serious"},
    {OPTION_FINDINGS, 'F', "fail-on", "RANK",
     "exit with 1 only if there are findings of RANK (default: removed) or more serious"},
    {OPTION_POLICY, 'P', "policy", "FILE", "compare with the policy in FILE (docs/policy.md)"},
    {OPTION_POLICY, 'Y', "date", "DATE", "the date for the policy's waivers, such as 2026-11-30 (default: today)"},
    {OPTION_CHECKS, 'n', "no-check", "CHECK", "turn off the check CHECK; may be repeated"},
    {OPTION_CHECKS, 'W', "warnings", "error", "exit with 1 if there are warnings"},
    {OPTION_CHECKS, 'w', "max-warnings", "N", "exit with 1 if there are more than N warnings"},
    {OPTION_CHECKS, 'm', "max-errors", "N", "show at most N errors and N warnings (default 20; 0: all)"},
    {OPTION_DEPFILE, 'E', "depfile", "FILE", "write the names of all files read to FILE, as a rule for make or ninja"},
    {OPTION_EDITOR, 'G', "sarif", NULL, "print SARIF 2.1.0, for code review sites"},
    {OPTION_EDITOR, 'N', "stdin-filename", "FILE", "treat standard input as the text of FILE"},
    {OPTION_PROFILE, 'H', "header", NULL, "print a C header for programs that run on the kernel"},
    {OPTION_PROFILE, 'D', "devices", NULL, "list the board's devices"},
    {OPTION_PROFILE, 'd', "device", "NAME", "list one device, by its path, an alias or a label"},
    {OPTION_PROFILE, 't', "dtb", "FILE", "use this device tree, not the one that the kernel was built with"},
    {OPTION_MICROKIT, 'P', "search-path", "DIR",
     "look for programs and other files in each DIR, up to the next option"},
    {OPTION_MICROKIT, 'B', "board", "BOARD", "a board of the SDK"},
    {OPTION_MICROKIT, 'C', "config", "CONFIG", "a configuration of the board: debug, release, ..."},
    {OPTION_MICROKIT, 'r', "report", "FILE", "write the report to FILE"},
    {OPTION_MICROKIT, 'T', "image-type", "TYPE", "binary, elf or uimage, instead of the board's usual type"},
    {OPTION_MICROKIT, 'J', "capdl-json", "FILE", "also write the spec as JSON"},
    {OPTION_MICROKIT, 'V', "viper-output", "DIR",
     "write what each protection domain may do, as definitions for the verifier Viper"},
    {OPTION_MICROKIT, 'K', "override-kernel", "FILE", "not supported: an error"},
    {OPTION_MICROKIT, 'g', "microkit-rights", "2.3", "give the wide rights of Microkit's tool 2.3, not the least"},
    {OPTION_MANUAL, 'm', "man", NULL, "print the manual page: of COMMAND, or capdl(1)"},
    {OPTION_MANUAL, 'c', "completion", "SHELL", "print completion for SHELL: bash, zsh or fish"},
};
enum { NUM_ENTRIES = sizeof(entries) / sizeof(entries[0]) };

const struct option_entry *option_entries(size_t *count)
{
    *count = NUM_ENTRIES;
    return entries;
}

bool option_is_optional(const struct option_entry *entry)
{
    return entry->argument && *entry->argument == '[';
}

void usage_print_help(const struct usage *usage)
{
    printf("usage: capdl %s\n\n%s\n\noptions:\n", usage->synopsis, usage->text);
    for (size_t i = 0; i < NUM_ENTRIES; i++) {
        const struct option_entry *entry = &entries[i];
        if (usage->takes & entry->set) {
            char form[64];
            const char *gap = entry->argument && !option_is_optional(entry) ? " " : "";
            snprintf(form, sizeof(form), "-%c, --%s%s%s", entry->letter, entry->name, gap,
                     entry->argument ? entry->argument : "");
            printf("  %-28s %s\n", form, entry->help);
        }
    }
    printf("  %-28s %s\n", "-h, --help", "show this help");
    const char *example = usage->examples;
    for (printf("\nexamples:\n"); example && *example;) {
        size_t length = strcspn(example, "\n");
        printf("  %.*s\n", (int)length, example);
        example += length + (example[length] != 0);
    }
}

/* Room for one more and the 0 at the end. Command lines are short: growing by one at a time is fine. */
static void list_add(const char ***list, size_t *count, const char *text)
{
    const char **larger = memory_need(realloc(*list, (*count + 2) * sizeof(*larger)));
    larger[(*count)++] = text;
    larger[*count] = NULL;
    *list = larger;
}

void options_add_directory(struct options *options, const char *directory)
{
    list_add(&options->directories, &options->num_directories, directory);
}

static bool parse_seconds(const char *text, double *seconds)
{
    char *end;
    *seconds = strtod(text, &end);
    return end != text && *end == 0 && isfinite(*seconds) && *seconds > 0;
}

static bool parse_count(const char *text, size_t *count)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    *count = value;
    return end != text && *end == 0 && errno == 0 && text[0] != '-';
}

/* A number or a word of ranks.def. */
static bool parse_rank(const char *text, unsigned *rank)
{
    size_t number;
    for (unsigned i = CAPDL_RANK_RESHAPE; i <= CAPDL_RANK_LAYOUT; i++) {
        if (strcmp(text, capdl_rank_word((enum capdl_rank)i)) == 0) {
            *rank = i;
            return true;
        }
    }
    *rank = parse_count(text, &number) && number <= CAPDL_RANK_LAYOUT ? (unsigned)number : 0;
    return *rank != 0;
}

/* Hexadecimal with 0x, or decimal; 0 would mean that none is given. */
static bool parse_address(const char *text, const char *option, const char *command, uint64_t *address)
{
    char *end;
    errno = 0;
    *address = strtoull(text, &end, 0);
    if (end != text && *end == 0 && errno == 0 && text[0] != '-' && *address) {
        return true;
    }
    capdl_escape_printf(stderr, "capdl %s: %s takes an address such as 0x60400000, not '%s'\n", command, option, text);
    return false;
}

/* A misspelt name must not look like a check that was switched off. */
static void check_unknown(const char *name, const char *command)
{
    struct capdl_nearest nearest = {NULL};
    for (unsigned i = CAPDL_CHECK_NONE + 1; i < CAPDL_CHECK_COUNT; i++) {
        capdl_nearest_try(&nearest, name, strlen(name), capdl_check_name((enum capdl_check)i));
    }
    capdl_escape_printf(stderr, "capdl %s: --no-check: unknown check '%s'%s; 'capdl check --list-checks' lists all\n",
                        command, name, capdl_nearest_hint(&nearest));
}

static bool check_disable(struct options *options, const char *name, const char *command)
{
    enum capdl_check check = capdl_check_find(name);
    if (check == CAPDL_CHECK_NONE) {
        check_unknown(name, command);
        return false;
    }
    options->no_checks[check] = true;
    return true;
}

/* Options that are kept as they are given, and those that are only there or not. */
static const struct plain_option {
    char letter;
    size_t at; /* in struct options */
} texts[] =
    {
        {'o', offsetof(struct options, output)},     {'k', offsetof(struct options, kernel)},
        {'a', offsetof(struct options, arch)},       {'f', offsetof(struct options, format)},
        {'d', offsetof(struct options, dtb)},        {'S', offsetof(struct options, spec)},
        {'u', offsetof(struct options, until)},      {'U', offsetof(struct options, untypeds)},
        {'M', offsetof(struct options, memory_map)}, {'y', offsetof(struct options, only)},
        {'P', offsetof(struct options, policy)},     {'Y', offsetof(struct options, date)},
        {'E', offsetof(struct options, depfile)},    {'N', offsetof(struct options, stdin_filename)},
        {'z', offsetof(struct options, focus)},      {'v', offsetof(struct options, level)},
        {'p', offsetof(struct options, report)},     {'e', offsetof(struct options, fill_file)},
},
  flags[] = {
      {'b', offsetof(struct options, firmware_dtb)}, {'j', offsetof(struct options, json)},
      {'s', offsetof(struct options, strip)},        {'c', offsetof(struct options, stats)},
      {'R', offsetof(struct options, raw)},          {'A', offsetof(struct options, all)},
      {'Q', offsetof(struct options, quiet)},        {'x', offsetof(struct options, strict)},
      {'L', offsetof(struct options, list_checks)},  {'K', offsetof(struct options, markdown)},
      {'G', offsetof(struct options, sarif)},        {'Z', offsetof(struct options, inputs)},
};

static bool set_plain(struct options *options, char letter, const char *value)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i].letter == letter) {
            *(const char **)((char *)options + texts[i].at) = value;
            return true;
        }
    }
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (flags[i].letter == letter) {
            *(bool *)((char *)options + flags[i].at) = true;
            return true;
        }
    }
    return false;
}

/* Letters that mean something else to the other subcommands. */
static bool set_own(struct options *options, char letter, const char *value)
{
    switch (letter) {
    case 'H':
        options->header = true;
        return true;
    case 'D':
        options->board_devices = true;
        return true;
    case 'd':
        options->board_devices = true;
        options->device = value;
        return true;
    case 't':
        options->dtb = value;
        return true;
    case 'm':
        options->man = true;
        return true;
    case 'c':
        options->completion = value;
        return true;
    default:
        return false;
    }
}

/* Letters of `microkit`, with what its options set. */
static const struct plain_option microkit_texts[] = {
    {'B', offsetof(struct options, board)},           {'C', offsetof(struct options, config)},
    {'r', offsetof(struct options, report)},          {'T', offsetof(struct options, image_type)},
    {'J', offsetof(struct options, capdl_json)},      {'V', offsetof(struct options, viper_output)},
    {'K', offsetof(struct options, override_kernel)},
};

static bool set_microkit(struct options *options, char letter, const char *value)
{
    for (size_t i = 0; i < sizeof(microkit_texts) / sizeof(microkit_texts[0]); i++) {
        if (microkit_texts[i].letter == letter) {
            *(const char **)((char *)options + microkit_texts[i].at) = value;
            return true;
        }
    }
    if (letter == 'P') {
        options_add_directory(options, value);
    }
    return letter == 'P';
}

static bool refuse_value(const char *command, const char *expected, const char *value)
{
    capdl_escape_printf(stderr, "capdl %s: %s, not '%s'\n", command, expected, value);
    return false;
}

static bool option_set(struct options *options, char letter, const char *value, const char *command)
{
    switch (letter) {
    case 'I':
        list_add(&options->directories, &options->num_directories, value);
        return true;
    case 'D':
        list_add(&options->devices, &options->num_devices, value);
        return true;
    case 'X':
        list_add(&options->externals, &options->num_externals, value);
        return true;
    case 'r':
        list_add(&options->reserved, &options->num_reserved, value);
        return true;
    case 'l':
        return parse_address(value, "--at", command, &options->at);
    case 'i':
        return parse_address(value, "--initialiser-at", command, &options->initialiser_at);
    case 'T':
        options->trace = value ? value : "";
        return true;
    case 'n':
        return check_disable(options, value, command);
    case 't':
        return parse_seconds(value, &options->timeout) ||
               refuse_value(command, "--timeout takes a number of seconds above 0", value);
    case 'g':
        options->wide_rights = true;
        return strcmp(value, "2.3") == 0 || refuse_value(command, "--microkit-rights takes 2.3", value);
    case 'W':
        options->max_warnings = 0;
        return strcmp(value, "error") == 0 ||
               refuse_value(command, "--no-check NAME turns off one check; --warnings takes 'error'", value);
    case 'w':
        return parse_count(value, &options->max_warnings) ||
               refuse_value(command, "--max-warnings takes a number", value);
    case 'q':
        return parse_rank(value, &options->min_rank) ||
               refuse_value(command, "--min-rank takes a rank from 1 to 20 or its word, such as receive", value);
    case 'F':
        return parse_rank(value, &options->fail_rank) ||
               refuse_value(command, "--fail-on takes a rank from 1 to 20 or its word, such as receive", value);
    case 'm':
        return parse_count(value, &options->max_errors) || refuse_value(command, "--max-errors takes a number", value);
    default:
        return set_plain(options, letter, value);
    }
}

/* getopt's tables for the options this subcommand takes. */
static void make_tables(unsigned takes, struct option *longs, char *shorts)
{
    *shorts++ = ':';
    for (size_t i = 0; i < NUM_ENTRIES; i++) {
        const struct option_entry *entry = &entries[i];
        if (takes & entry->set) {
            int argument = option_is_optional(entry) ? optional_argument
                           : entry->argument         ? required_argument
                                                     : no_argument;
            *longs++ = (struct option){entry->name, argument, NULL, entry->letter};
            *shorts++ = entry->letter;
            for (int colons = 0; colons < argument; colons++) { /* "o:", and "o::" for the optional one */
                *shorts++ = ':';
            }
        }
    }
    *longs++ = (struct option){"help", no_argument, NULL, 'h'};
    *longs = (struct option){NULL};
    *shorts++ = 'h';
    *shorts = 0;
}

/* The option nearest to a misspelt one, of those the subcommand takes; null if none is near. */
static struct capdl_nearest option_nearest(const struct usage *usage, const char *written)
{
    struct capdl_nearest nearest = {NULL};
    size_t length = strcspn(written, "=");
    for (size_t i = 0; strncmp(written, "--", 2) == 0 && i < NUM_ENTRIES; i++) {
        if (usage->takes & entries[i].set) {
            capdl_nearest_try(&nearest, written + 2, length - 2, entries[i].name);
        }
    }
    return nearest;
}

static int wrong(const struct usage *usage, const char *command, const char *problem, const char *what)
{
    capdl_escape_printf(stderr, "capdl %s: %s%s\n", command, problem, what);
    fprintf(stderr, "usage: capdl %s\nTry 'capdl %s --help'.\n", usage->synopsis, command);
    return EXIT_TROUBLE;
}

static int parse(const struct usage *usage, int argc, char **argv, struct options *options)
{
    struct option longs[NUM_ENTRIES + 2];
    char shorts[3 * NUM_ENTRIES + 3];
    *options =
        (struct options){.max_errors = 20, .max_warnings = SIZE_MAX, .summary = (usage->takes & OPTION_CHECKS) != 0};
    make_tables(usage->takes, longs, shorts);
    optind = 0;
    opterr = 0;
    for (int letter; (letter = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (letter == 'h') {
            usage_print_help(usage);
            return EXIT_FINE;
        }
        if (letter == ':') {
            return wrong(usage, argv[0], "option needs an argument: ", argv[optind - 1]);
        }
        if (letter == '?') {
            const char *nearest = option_nearest(usage, argv[optind - 1]).word;
            char what[200];
            snprintf(what, sizeof(what), "%.100s%s%s%s", argv[optind - 1], nearest ? " (did you mean '--" : "",
                     nearest ? nearest : "", nearest ? "'?)" : "");
            return wrong(usage, argv[0], "unknown option: ", what);
        }
        if (!(usage->takes & (OPTION_PROFILE | OPTION_MANUAL) && set_own(options, (char)letter, optarg)) &&
            !(usage->takes & OPTION_MICROKIT && set_microkit(options, (char)letter, optarg)) &&
            !option_set(options, (char)letter, optarg, argv[0])) {
            return EXIT_TROUBLE;
        }
    }
    options->operands = argv + optind;
    options->num_operands = argc - optind;
    if (options->num_operands < usage->min_operands && !options->list_checks) {
        return wrong(usage, argv[0], "missing argument", "");
    }
    if (options->num_operands > usage->max_operands) {
        return wrong(usage, argv[0], "unexpected argument: ", options->operands[usage->max_operands]);
    }
    if (usage->needs & OPTION_KERNEL && !options->kernel) {
        return wrong(usage, argv[0], "missing option: --kernel", "");
    }
    if (usage->needs & OPTION_OUTPUT && !options->output) {
        return wrong(usage, argv[0], "missing option: -o", "");
    }
    if (usage->takes & OPTION_RESULT && options->json && options->output && strcmp(options->output, "-") == 0) {
        return wrong(usage, argv[0], "--json prints on standard output, so -o must name a file, not ", "-");
    }
    return OPTIONS_GO;
}

int options_parse(const struct usage *usage, int argc, char **argv, struct options *options)
{
    int code = parse(usage, argc, argv, options);
    if (code != OPTIONS_GO) {
        options_free(options);
    } else if (!usage->own_terminal && !options->json && !options->sarif) {
        progress_start(argv[0]);
    }
    return code;
}

bool options_output_is(const struct options *options, const char *ending)
{
    size_t length = options->output ? strlen(options->output) : 0, end = strlen(ending);
    return length > end && strcmp(options->output + length - end, ending) == 0;
}

void options_free(struct options *options)
{
    free(options->directories);
    free(options->externals);
    free(options->reserved);
    free(options->devices);
    *options = (struct options){NULL};
}

/* "0x70000000+64M"-like: a start and a size, which may end in k, M or G. */
static bool parse_reserved(const char *text, struct capdl_region *region)
{
    static const char suffixes[] = "kMG";
    char *end;
    errno = 0;
    uint64_t start = strtoull(text, &end, 0);
    if (end == text || *end != '+' || errno) {
        return false;
    }
    const char *number = end + 1;
    uint64_t size = strtoull(number, &end, 0);
    const char *suffix = *end ? strchr(suffixes, *end) : NULL;
    unsigned shift = suffix ? 10 * (unsigned)(suffix - suffixes + 1) : 0;
    if (end == number || errno || size == 0 || end[suffix ? 1 : 0] || size > UINT64_MAX >> shift ||
        start + (size << shift) < start) {
        return false;
    }
    *region = (struct capdl_region){start, start + (size << shift)};
    return true;
}

void options_external(struct options *options, const char *name)
{
    bool given = false;
    for (size_t i = 0; i < options->num_externals; i++) {
        given |= strcmp(options->externals[i], name) == 0;
    }
    if (!given) {
        list_add(&options->externals, &options->num_externals, name);
    }
}

struct capdl_region *options_reserved(const struct options *options, struct capdl_diags *diags)
{
    struct capdl_region *list = memory_zeroed(options->num_reserved + 1, sizeof(*list));
    for (size_t i = 0; i < options->num_reserved; i++) {
        if (!parse_reserved(options->reserved[i], &list[i])) {
            capdl_error(diags, CAPDL_NOWHERE, "--reserve takes START+SIZE, such as 0x70000000+64M, not '%s'",
                        options->reserved[i]);
        }
    }
    return list;
}

bool options_place_good(const struct options *options, const struct capdl_profile *profile, struct capdl_diags *diags)
{
    bool pc = capdl_architecture(profile->arch)->pc;
    if (options->at && (pc || !profile->prefix[0])) {
        capdl_error(diags, CAPDL_NOWHERE, "--at: %s; leave the option out",
                    pc ? "PCs are booted without our loader"
                       : "a built-in profile has no kernel, which the loader must be apart from");
        return false;
    }
    if (options->initialiser_at && pc) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "--initialiser-at: the kernel '%s' itself moves the image to just above it; leave the option out",
                    profile->name);
        return false;
    }
    uint64_t least = (profile->kernel.end + 4095 + (profile->dtb_bytes + 4095) / 4096 * 4096) & ~UINT64_C(4095);
    if (options->initialiser_at && options->initialiser_at < least) {
        capdl_error(diags, CAPDL_NOWHERE, "the initialiser must be above kernel and device tree, from 0x%llx on",
                    (unsigned long long)least);
        return false;
    }
    if (options->initialiser_at % 4096) {
        capdl_error(diags, CAPDL_NOWHERE, "the initialiser cannot be at 0x%llx: expected a multiple of 4096",
                    (unsigned long long)options->initialiser_at);
        return false;
    }
    return true;
}
