/* SPDX-License-Identifier: BSD-2-Clause */
#include "command.h"

#include <signal.h>
#include <string.h>

#include "machine/machine.h"
#include "pack/qemu.h"

static const struct usage usage = {
    "run IMAGE [--kernel PREFIX] [--timeout SECONDS] [--until TEXT] [--untypeds FILE]",
    "Boots an image. Without --kernel: on the emulated machine, until nothing can happen any more; what\n"
    "the protection domains print goes to standard output, and if anything went wrong, a report of who\n"
    "faulted or waits for what to standard error. With --kernel and an install prefix: on that kernel\n"
    "in QEMU, until the console has been silent for 5 seconds, or with --timeout for just that long.",
    OPTION_KERNEL | OPTION_TIMEOUT | OPTION_UNTIL | OPTION_UNTYPEDS,
    1,
    1,
};

enum { QUIET_SECONDS = 5 };

static const struct capdl_pos nowhere;
static volatile sig_atomic_t interrupted;

static void interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

static int run_emulated(struct input *input, const struct options *options)
{
    struct machine_options machine = {
        .console = stdout,
        .report = stderr,
        .timeout_seconds = options->timeout,
        .profile = options->kernel ? &input->profile : 0,
        .untypeds = options->untypeds,
    };
    struct machine_result result;
    if (!machine_run(&input->image, &machine, &result, &input->diags)) {
        return EXIT_FINDINGS;
    }
    return result.outcome == MACHINE_IDLE || result.outcome == MACHINE_HALTED ? EXIT_FINE : EXIT_FINDINGS;
}

/* An image holds numbers of the kernel it was compiled for. Another kernel will do if it has the same ones. */
static bool kernel_fits(struct input *input)
{
    const struct capdl_profile *image = &input->image.profile;
    const struct capdl_profile *kernel = &input->profile;
    const char *what = image->arch != kernel->arch ? "architecture"
        : image->mcs != kernel->mcs ? "choice of MCS"
        : memcmp(image->labels, kernel->labels, sizeof image->labels) != 0 ? "invocation labels"
        : memcmp(image->types, kernel->types, sizeof image->types) != 0 ? "object types"
        : memcmp(image->size_bits, kernel->size_bits, sizeof image->size_bits) != 0 ? "object sizes"
        : image->syscalls[CAPDL_SYSCALL_CALL] != kernel->syscalls[CAPDL_SYSCALL_CALL] ? "system call numbers"
        : image->sysenter != kernel->sysenter ? "system call instruction"
        : image->vspace_levels != kernel->vspace_levels ? "address space layout"
        : image->fan_out > kernel->fan_out ? "Retype fan-out limit"
        : 0;
    if (what) {
        capdl_error(&input->diags, nowhere, "%s was compiled for the kernel %s, whose %s differ from those of %s; "
                    "compile it with --kernel %s", input->name, image->name, what, kernel->name, kernel->prefix);
        return false;
    }
    uint64_t slots = image_root_slots(kernel, input->image.header.image_end - input->image.header.image_start);
    if (slots > UINT64_C(1) << kernel->root_cnode_bits) {
        capdl_error(&input->diags, nowhere, "%s needs %llu slots of the root CNode when it boots, one a page, but the kernel %s has "
                    "2^%u: it needs a larger CONFIG_ROOT_CNODE_SIZE_BITS", input->name, (unsigned long long)slots, kernel->name,
                    kernel->root_cnode_bits);
        return false;
    }
    return true;
}

static int run_real(struct input *input, const struct options *options)
{
    struct qemu_options qemu = {
        .console = stdout,
        .marker = options->until,
        .timeout_seconds = options->timeout,
        .quiet_seconds = options->timeout > 0 ? 0 : QUIET_SECONDS,
        .stop = &interrupted,
    };
    if (!kernel_fits(input)) {
        return EXIT_FINDINGS;
    }
    signal(SIGINT, interrupt);
    switch (qemu_boot(&input->profile, input->name, input->bytes.data, input->bytes.size, &qemu, stderr, &input->diags)) {
    case QEMU_ENDED:
    case QEMU_MARKER: return EXIT_FINE;
    case QEMU_TIMEOUT:
    case QEMU_QUIET:
    case QEMU_STOPPED:
        if (options->until) {
            fprintf(stderr, "capdl: the console did not show `%s`\n", options->until);
            return EXIT_FINDINGS;
        }
        return EXIT_FINE;
    case QEMU_FAILED: return EXIT_TROUBLE;
    }
    return EXIT_TROUBLE;
}

int cmd_run(int argc, char **argv)
{
    struct options options;
    struct input input;
    enum options_result result = options_parse(&usage, argc, argv, &options);
    if (result != OPTIONS_GO) {
        options_free(&options);
        return result == OPTIONS_HELP ? EXIT_FINE : EXIT_TROUBLE;
    }
    int code = input_read(&input, options.operands[0], INPUT_IMAGE, &options);
    if (code == EXIT_FINE) {
        bool real = input.has_profile && input.profile.prefix[0];
        code = real ? run_real(&input, &options) : run_emulated(&input, &options);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
