/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <capdl/architecture.h>

#include "console.h"
#include "image/forecast.h"
#include "input/result.h"
#include "machine/machine.h"
#include "machine/trace_filter.h"
#include "pack/memory_map.h"
#include "pack/qemu.h"
#include "program_files.h"

const struct usage usage_run = {
    "run IMAGE [--kernel PREFIX] [--device DEVICE]... [--timeout SECONDS] [--until TEXT] [--memory-map MAP]\n"
    "                 [--untypeds FILE] [-I DIR]... [--trace[=FILTER] [-o FILE]] [--stats] [--raw] [--json]",
    "Boots an image, or with --kernel any other root task.\n"
    "\n"
    "Without --kernel, it runs on the emulated machine until nothing can run any more, for at most 30 seconds\n"
    "or --timeout. The console of the system goes to standard output; a report of which thread faulted, is\n"
    "still running or is waiting, and for what, goes to standard error. The report names functions and lines\n"
    "if the programs are beside the image, in a directory there, in the working directory or in a -I directory.\n"
    "\n"
    "With --kernel and an install prefix, it runs on that kernel in QEMU until the console has been silent for\n"
    "5 seconds with all cores idle, or for a minute if a core is busy; with --timeout, for that time. The last\n"
    "line says which. Standard error shows the equivalent commands. A PC has an IOMMU if the image gives\n"
    "devices I/O spaces. If standard input is a file or a pipe, it goes to the serial line once the\n"
    "initialiser is done.\n"
    "\n"
    "With --trace, every kernel call is a line on standard error, or in FILE with -o FILE.\n"
    "\n"
    "With --json, the console is in the object that is printed at the end.\n"
    "\n"
    "On a terminal, control characters of the console appear as escapes, and console lines that look like\n"
    "messages of capdl, and the rest of long lines, get the prefix 'image| ', unless --raw is given.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_TIMEOUT, OPTION_UNTIL, OPTIONS_MEMORY, OPTION_DEVICE, OPTION_TRACE,
                     OPTION_STATS, OPTION_OUTPUT, OPTION_RAW, OPTIONS_INCLUDE, OPTION_JSON_RESULT),
    .min_operands = 1,
    .max_operands = 1,
    .examples = "capdl run system.elf\n"
                "capdl run --trace=tcb_client --stats system.elf\n"
                "capdl run --kernel /opt/sel4 --until 'ready' system.elf",
    .findings = "A bad image, a failed boot, a fault that nobody handles, threads that are still running at the time "
                "limit (on the emulated machine), or a console that did not show the text of --until.",
    .own_terminal = true,
};

enum { QUIET_SECONDS = 5, BUSY_SECONDS = 60, MOST_SECONDS = 30 };

static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* Ends as somebody who did not catch the signal, now that QEMU is gone. */
static void end_interrupted(void)
{
    if (interrupted) {
        fflush(NULL);
        signal(SIGINT, SIG_DFL);
        raise(SIGINT);
    }
}

static int not_shown(const struct console *console, const char *text)
{
    capdl_escape_printf(console->ours, "capdl: the console did not show '%s'\n", text);
    return EXIT_FINDINGS;
}

static bool run_with_symbols(struct input *input, const struct options *options, const struct machine_options *given,
                             struct machine_result *result)
{
    struct machine_options machine = *given;
    struct program_files programs;
    program_files_find(&programs, capdl_architecture(input->image.profile.arch)->elf_machine, options->operands[0],
                       options->directories);
    machine.symbols = &programs.found;
    bool good = machine_run_confined(&input->image, &machine, result, &input->diags);
    program_files_free(&programs);
    return good;
}

/* Words of the result: of the emulated machine, and of QEMU. */
static const char *const outcomes[] = {
    [MACHINE_IDLE] = "idle",       [MACHINE_HALTED] = "halted", [MACHINE_FAULTED] = "faulted",
    [MACHINE_TIMEOUT] = "timeout", [MACHINE_UNTIL] = "until",   [MACHINE_BOOT_FAILED] = "boot-failed",
    [MACHINE_MEMORY] = "memory",   [MACHINE_BOOTED] = "booted",
};
static const char *const ends[] = {
    [QEMU_ENDED] = "ended", [QEMU_MARKER] = "until",    [QEMU_TIMEOUT] = "timeout", [QEMU_QUIET] = "quiet",
    [QEMU_BUSY] = "busy",   [QEMU_STOPPED] = "stopped", [QEMU_REFUSED] = "refused", [QEMU_FAILED] = "failed",
};

static int boot_emulated(struct input *input, const struct options *options, const struct trace_filter *filter,
                         FILE *trace, const struct console *console)
{
    struct machine_options machine = {
        .trace = options->trace ? trace : NULL,
        .filter = filter,
        .stats = options->stats,
        .console = console->image,
        .report = console->ours,
        .timeout_seconds = options->timeout > 0 ? options->timeout : MOST_SECONDS,
        .profile = options->kernel || !input->image.blob ? &input->profile : NULL,
        .untypeds = options->untypeds,
        .until = options->until,
    };
    struct machine_result result;
    if (!run_with_symbols(input, options, &machine, &result)) {
        return EXIT_FINDINGS;
    }
    result_add_text(input, "outcome", outcomes[result.outcome]);
    result_add_number(input, "instructions", result.instructions);
    result_add_number(input, "boot_instructions", result.boot_instructions);
    result_add_number(input, "kernel_calls", result.kernel_calls);
    if (options->until) {
        return result.outcome == MACHINE_UNTIL ? EXIT_FINE : not_shown(console, options->until);
    }
    return result.outcome == MACHINE_IDLE || result.outcome == MACHINE_HALTED ? EXIT_FINE : EXIT_FINDINGS;
}

static int run_traced(struct input *input, const struct options *options, const struct trace_filter *filter,
                      const struct console *console)
{
    struct file_output file;
    if (!options->output) {
        return boot_emulated(input, options, filter, console->ours, console);
    }
    if (!file_create(&file, options->output)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", options->output, file_error());
        return EXIT_TROUBLE;
    }
    int code = boot_emulated(input, options, filter, file.stream, console);
    if (!file_commit(&file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", options->output, file_error());
        return EXIT_TROUBLE;
    }
    return code;
}

static int run_emulated(struct input *input, const struct options *options, const struct console *console)
{
    struct trace_filter filter;
    const char *wrong;
    if (options->output && !options->trace) {
        fputs("capdl run: -o writes the trace to a file, so it needs --trace\n", stderr);
        return EXIT_TROUBLE;
    }
    bool everything = !options->trace || !*options->trace;
    int code = EXIT_TROUBLE;
    if (trace_filter_parse(&filter, everything ? NULL : options->trace, &wrong)) {
        code = run_traced(input, options, &filter, console);
    } else {
        capdl_escape_printf(stderr,
                            "capdl run: --trace: '%.*s' is neither json nor [thread:|op:|object:|result:]PATTERN; see "
                            "docs/machine.md\n",
                            wrong ? (int)strcspn(wrong, ",") : 0, wrong ? wrong : "");
    }
    trace_filter_free(&filter);
    return code;
}

/* Standard input, unless it is a terminal or nothing at all. */
static FILE *typed_input(void)
{
    struct stat status;
    bool given = fstat(STDIN_FILENO, &status) == 0 &&
                 (S_ISREG(status.st_mode) || S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
    return given ? stdin : NULL;
}

/* Whether the image fits the machine that QEMU is going to be. On x86-64 its size is ours to choose. */
static bool fits_qemu(struct input *input, const struct options *options)
{
    struct capdl_profile *profile = &input->profile;
    struct fit_options how = {.profile = profile, .name = input->name};
    bool pc = capdl_architecture(profile->arch)->pc, iommu = pc && image_needs_iommu(&input->image);
    if (pc && !options->memory_map && !memory_map_apply(profile, iommu ? "qemu:1G,iommu" : "qemu:1G", &input->diags)) {
        return false;
    }
    if (pc && memory_map_qemu_size(profile) == 0) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "QEMU has its own memory map: use --memory-map qemu:SIZE, not %s",
                    options->memory_map);
        return false;
    }
    if (iommu && !profile->num_iommus) {
        capdl_error(
            &input->diags, CAPDL_NOWHERE,
            "the image gives devices I/O spaces, for which the machine needs an IOMMU: use --memory-map %s,iommu",
            options->memory_map);
        return false;
    }
    if (iommu) {
        fputs("capdl: the image gives devices I/O spaces: QEMU runs as a q35 with an IOMMU\n", stderr);
    }
    return fit_check_image(&input->image, &how, &input->diags);
}

/* Silence may be the end of a system, or one that takes its time: what was waited for. */
static void say_stopped(const struct console *console, enum qemu_outcome end, double timeout)
{
    if (end == QEMU_QUIET) {
        capdl_escape_printf(console->ours,
                            "capdl: stopped: the console was silent for %d seconds, and all cores are idle\n",
                            QUIET_SECONDS);
    } else if (end == QEMU_BUSY) {
        capdl_escape_printf(
            console->ours,
            "capdl: stopped: the console was silent for %d seconds, but a core is still busy; --timeout "
            "waits longer\n",
            BUSY_SECONDS);
    } else if (end == QEMU_TIMEOUT) {
        capdl_escape_printf(console->ours, "capdl: stopped after the %g seconds of --timeout\n", timeout);
    }
}

static int run_real(struct input *input, const struct options *options, const struct console *console)
{
    struct qemu_options qemu = {
        .console = console->image,
        .input = typed_input(),
        .input_after = input->image.blob && !image_is_quiet(&input->image) ? "capdl: booted" : NULL,
        .marker = options->until,
        .timeout_seconds = options->timeout,
        .quiet_seconds = options->timeout > 0 ? 0 : QUIET_SECONDS,
        .busy_seconds = options->timeout > 0 ? 0 : BUSY_SECONDS,
        .devices = options->devices,
        .stop = &interrupted,
    };
    if (options->trace || options->stats) {
        fputs("capdl run: --trace and --stats work only on the emulated machine: leave out --kernel\n", stderr);
        return EXIT_TROUBLE;
    }
    if (!input_kernel_fits(input) || !fits_qemu(input, options)) {
        return EXIT_FINDINGS;
    }
    signal(SIGINT, interrupt);
    enum qemu_outcome end = qemu_boot(&input->profile, input->name, input->bytes.data, input->bytes.size, &qemu,
                                      console->ours, &input->diags);
    end_interrupted();
    result_add_text(input, "outcome", ends[end]);
    say_stopped(console, end, options->timeout);
    switch (end) {
    case QEMU_ENDED:
    case QEMU_MARKER:
        return EXIT_FINE;
    case QEMU_TIMEOUT:
    case QEMU_QUIET:
    case QEMU_BUSY:
    case QEMU_STOPPED:
        return options->until ? not_shown(console, options->until) : EXIT_FINE;
    case QEMU_REFUSED:
        return EXIT_FINDINGS;
    case QEMU_FAILED:
        return EXIT_TROUBLE;
    }
    return EXIT_TROUBLE;
}

static int run(struct input *input, const struct options *options)
{
    bool real = input->has_profile && input->profile.prefix[0];
    struct console console;
    char *text = NULL;
    size_t size = 0;
    FILE *shown = input->result ? open_memstream(&text, &size) : stdout;
    if (!shown || !console_open(&console, shown, stderr, options->raw || shown != stdout ? 0 : console_width(stdout))) {
        capdl_escape_printf(stderr, "capdl: %s\n", strerror(errno));
        return EXIT_TROUBLE;
    }
    result_add_text(input, "machine", real ? "qemu" : "emulated");
    result_add_text(input, "kernel", input->has_profile ? input->profile.name : input->image.profile.name);
    int code = (real ? run_real : run_emulated)(input, options, &console);
    console_close(&console);
    if (shown != stdout) {
        fclose(shown);
        result_add(input, "console", json_object_new_string_len(text, (int)size));
        free(text);
    }
    return code;
}

int cmd_run(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_run, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    if (!options.kernel) {
        machine_prepare();
    }
    code = input_read(&input, options.operands[0], INPUT_IMAGE | INPUT_TASK, &options);
    result_start(&input, &options, "run");
    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed is seen, however this ends */
    if (code == EXIT_FINE) {
        code = run(&input, &options);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
