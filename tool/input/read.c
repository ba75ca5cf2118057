/* SPDX-License-Identifier: BSD-2-Clause */
#include "input.h"

#include <assert.h>
#include <elf.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "base/elf_class.h"
#include "base/memory.h"
#include "base/progress.h"
#include "json/spec_json.h"
#include "microkit/microkit.h"
#include "pack/memory_map.h"
#include "pd/pd.h"
#include "profile/profile.h"

bool input_arch_find(const char *name, enum capdl_arch *arch)
{
    for (int i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (strcmp(name, capdl_arch_name((enum capdl_arch)i)) == 0) {
            *arch = (enum capdl_arch)i;
            return true;
        }
    }
    *arch = capdl_arch_of_kernel(name);
    return *arch != CAPDL_ARCH_COUNT;
}

static bool take_memory_map(struct input *input, struct capdl_profile *profile, const struct options *options)
{
    return !options->memory_map || memory_map_apply(profile, options->memory_map, &input->diags);
}

static bool use_default_profile(struct input *input, enum capdl_arch arch, const struct options *options)
{
    const struct capdl_profile *profile = profile_default(arch);
    char list[CAPDL_ARCH_LIST];
    if (!profile) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s systems can be checked and shown, but not compiled or run; expected %s", capdl_arch_name(arch),
                    capdl_arch_list(CAPDL_ARCH_BOOTED_KEYWORDS, list));
        return false;
    }
    input->profile = *profile;
    input->has_profile = input->guessed = take_memory_map(input, &input->profile, options);
    return input->has_profile;
}

/* Stock kernels have one domain. How many there are changes nothing else, so that a spec with more, for which no kernel
 * was named, is for one that was built with as many. */
static void guess_domains(struct input *input)
{
    enum { LEAST_DOMAINS = 2, ENTRIES = 100 }; /* CONFIG_NUM_DOMAIN_SCHEDULES with domains */
    const struct capdl_domains *domains = &input->spec.domains;
    struct capdl_profile *profile = &input->profile;
    struct capdl_pos pos = domains->pos;
    uint64_t last = 0, entries = domains->num_schedule + 1 + domains->index_shift;
    for (size_t i = 0; i < domains->num_schedule; i++) {
        last = domains->schedule[i].domain > last ? domains->schedule[i].domain : last;
    }
    for (uint32_t i = 0; i < input->spec.num_objects; i++) {
        bool thread = capdl_object_kind(&input->spec, i) == CAPDL_KIND_TCB;
        const struct capdl_tcb *tcb = thread ? capdl_object_tcb(&input->spec, i) : NULL;
        if (tcb && tcb->dom > last) {
            last = tcb->dom;
            pos = domains->has_schedule ? pos : capdl_object_pos(&input->spec, i);
        }
    }
    if (last >= CAPDL_MOST_DOMAINS || domains->index_shift > ENTRIES || entries > ENTRIES ||
        (last < profile->num_domains && entries <= profile->num_domain_schedules)) {
        return;
    }
    profile->num_domains = last < LEAST_DOMAINS ? LEAST_DOMAINS : (uint32_t)last + 1;
    profile->num_domain_schedules = ENTRIES;
    capdl_finding(&input->diags, CAPDL_WARNING, CAPDL_CHECK_KERNEL_DOMAINS, pos,
                  "without --kernel, this assumes a kernel like %s that was built with KernelNumDomains=%u or more; "
                  "stock kernels have one domain",
                  profile->name, profile->num_domains);
}

bool input_read_options(struct input *input, const struct options *options, struct capdl_text_options *text)
{
    if (options->arch) {
        struct capdl_nearest meant = {.word = capdl_synonym(CAPDL_SYNONYM_ARCH, options->arch, strlen(options->arch))};
        char list[CAPDL_ARCH_LIST];
        text->has_arch = input_arch_find(options->arch, &text->arch);
        if (!text->has_arch) {
            capdl_error(&input->diags, CAPDL_NOWHERE, "--arch: unknown architecture '%s', expected %s%s", options->arch,
                        capdl_arch_list(CAPDL_ARCH_KEYWORDS, list), capdl_nearest_hint(&meant));
            return false;
        }
    }
    if (!options->kernel) {
        if (options->profile) {
            input->profile = *options->profile;
            input->has_profile = text->has_arch = true;
            text->arch = input->profile.arch;
        }
        return true;
    }
    input->has_profile = profile_find(options->kernel, &input->profile, &input->diags) &&
                         take_memory_map(input, &input->profile, options);
    if (!input->has_profile) {
        return false;
    }
    if (text->has_arch && !capdl_arch_agree(text->arch, input->profile.arch)) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "--arch %s contradicts --kernel %s, which is for %s", options->arch,
                    options->kernel, capdl_arch_name(input->profile.arch));
        return false;
    }
    text->has_arch = true;
    text->arch = input->profile.arch;
    return true;
}

struct expand_context {
    struct input *input;
    const struct options *options;
};

static bool has_programs(const struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM) {
            return true;
        }
    }
    return false;
}

/* The hook between objects and capabilities; only now is the architecture known for sure, and so the kernel. */
static bool expand_programs(struct capdl_spec *spec, struct capdl_diags *diags, void *pointer)
{
    struct expand_context *context = pointer;
    struct input *input = context->input;
    if (!has_programs(spec)) {
        return true;
    }
    if (!input->has_profile && !use_default_profile(input, spec->arch, context->options)) {
        return false;
    }
    struct capdl_profile profile = input->profile;
    if (input->guessed) { /* the spec may be for a kernel with more; those who boot it ask again */
        profile.max_nodes = CAPDL_MOST_CORES;
        profile.num_domains = CAPDL_MOST_DOMAINS;
    }
    struct pd_context pd = {&profile, input->name, context->options->directories};
    progress_say("reading the programs of", input->name);
    return pd_expand(spec, diags, &pd);
}

/* The machine that an ELF file is for: of the architectures that programs can have. */
static bool arch_of_elf(const struct file_bytes *file, enum capdl_arch *arch)
{
    Elf64_Ehdr header;
    unsigned bits;
    if (!image_is_elf(file->data, file->size) || file->size < sizeof(Elf64_Ehdr)) {
        return false;
    }
    bits = elf_class_bits(file->data);
    header = elf_header_get(bits, file->data);
    *arch = CAPDL_ARCH_COUNT;
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        const struct capdl_architecture *facts = capdl_architecture((enum capdl_arch)i);
        bool same = facts->kernel && le16toh(header.e_machine) == facts->elf_machine;
        if (same && (*arch == CAPDL_ARCH_COUNT || bits == facts->word_bits)) {
            *arch = (enum capdl_arch)i;
        }
    }
    return *arch != CAPDL_ARCH_COUNT;
}

static bool arch_of_file(const struct expand_context *context, const char *name, enum capdl_arch *arch)
{
    struct file_bytes file;
    char *path = file_find(name, context->input->name, context->options->directories);
    bool found = false;
    if (path && file_read_regular(path, &file)) {
        found = arch_of_elf(&file, arch);
        file_release(&file);
    }
    free(path);
    return found;
}

static bool arch_of_program(const struct expand_context *context, const struct capdl_program *program,
                            enum capdl_arch *arch)
{
    for (size_t i = 0; program && i < program->num_params; i++) {
        const struct capdl_param *param = &program->params[i];
        if (!param->name && param->kind == CAPDL_VALUE_STRING && arch_of_file(context, param->text, arch)) {
            return true;
        }
    }
    return false;
}

/* Of a spec that does not say it, the architecture of the first program. Others that differ are reported later. */
static bool find_arch(const struct capdl_spec *spec, void *pointer, enum capdl_arch *arch)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_PROGRAM &&
            arch_of_program(pointer, capdl_object_declaration(spec, i), arch)) {
            return true;
        }
    }
    return false;
}

static void release_text(void *pointer, const char *from, const char *to)
{
    const struct expand_context *context = pointer;
    const struct file_bytes *bytes = &context->input->bytes;
    progress_part((size_t)(to - (const char *)bytes->data), bytes->size);
    file_forget(bytes, from, to);
}

struct arch_search {
    const struct expand_context *context;
    enum capdl_arch arch;
};

static bool arch_of_image(void *pointer, const char *path)
{
    struct arch_search *search = pointer;
    return arch_of_file(search->context, path, &search->arch);
}

/* A Microkit system description says nothing of architecture and kernel: options do, or its programs. */
static int read_microkit(struct input *input, const struct options *options, const struct capdl_text_options *text)
{
    struct expand_context context = {input, options};
    struct arch_search search = {&context, text->arch};
    const char *bytes = (const char *)input->bytes.data;
    uint16_t source = capdl_diags_add_source(&input->diags, input->name, bytes, input->bytes.size);
    if (!text->has_arch && !microkit_programs(bytes, input->bytes.size, arch_of_image, &search)) {
        search.arch = CAPDL_ARCH_COUNT;
    }
    bool unknown = search.arch == CAPDL_ARCH_COUNT;
    if (unknown) { /* every program is missing: so much can be said for any architecture */
        search.arch = (enum capdl_arch)0;
        while (!capdl_arch_boots(search.arch)) {
            search.arch++;
        }
    }
    if (!input->has_profile && !use_default_profile(input, search.arch, options)) {
        return EXIT_FINDINGS;
    }
    struct microkit_options microkit = {.profile = &input->profile,
                                        .guessed = input->guessed,
                                        .spec_path = input->name,
                                        .directories = options->directories,
                                        .wide_rights = options->wide_rights,
                                        .views = options->viper_output ? &input->views : NULL};
    bool good = microkit_read(&input->spec, &input->diags, source, &microkit);
    if (unknown && !good) {
        capdl_note(&input->diags, CAPDL_WHOLE_SPEC,
                   "no program was found that tells the architecture, so this was read as a system for %s: give the "
                   "programs' directory with -I, or use --kernel or --arch",
                   capdl_arch_name(search.arch));
    }
    return good ? EXIT_FINE : EXIT_FINDINGS;
}

enum input_form input_form(const struct file_bytes *bytes)
{
    const char *text = (const char *)bytes->data;
    if (image_is_elf(bytes->data, bytes->size)) {
        return INPUT_FORM_ELF;
    }
    if (microkit_is(text, bytes->size)) {
        return INPUT_FORM_MICROKIT;
    }
    return spec_json_is(text, bytes->size) ? INPUT_FORM_JSON : INPUT_FORM_TEXT;
}

typedef bool read_function(struct capdl_spec *, struct capdl_diags *, uint16_t source,
                           const struct capdl_text_options *);

static int read_text(struct input *input, read_function *read, const struct capdl_text_options *text)
{
    uint16_t source =
        capdl_diags_add_source(&input->diags, input->name, (const char *)input->bytes.data, input->bytes.size);
    return read(&input->spec, &input->diags, source, text) ? EXIT_FINE : EXIT_FINDINGS;
}

static int read_spec(struct input *input, enum input_form form, const struct options *options)
{
    struct expand_context context = {input, options};
    struct capdl_text_options text = {
        .expand = expand_programs, .context = &context, .release = release_text, .find_arch = find_arch};
    if (form != INPUT_FORM_ELF && !input_read_options(input, options, &text)) {
        return EXIT_FINDINGS;
    }
    switch (form) {
    case INPUT_FORM_TEXT:
        return read_text(input, capdl_spec_read_text, &text);
    case INPUT_FORM_JSON:
        return read_text(input, spec_json_read, &text);
    case INPUT_FORM_MICROKIT:
        return read_microkit(input, options, &text);
    case INPUT_FORM_ELF:
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s is an ELF file, but a spec (capDL text, JSON or a Microkit system description) was expected",
                    input->name);
        break;
    }
    return EXIT_FINDINGS;
}

/* Every image has been to other places since it was compiled. */
static bool seal_is_good(struct input *input, enum seal_state state)
{
    switch (state) {
    case SEAL_GOOD:
        return true;
    case SEAL_MISSING:
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s is not a complete image: it does not end with the seal of 'capdl compile', so it was "
                    "truncated, changed by a tool such as strip, or is another kind of ELF file",
                    input->name);
        return false;
    case SEAL_BROKEN:
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s is damaged: its SHA-256 digest differs from the one in its seal; compile or copy it again",
                    input->name);
        return false;
    }
    return false;
}

/* Nothing in a root task of another origin says for which kernel it is. */
static int read_task(struct input *input, const struct options *options)
{
    struct capdl_text_options unused = {NULL};
    if (!options->kernel) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s is not an image of 'capdl compile', but it may be a root task: name the kernel it was built "
                    "for with --kernel",
                    input->name);
        return EXIT_FINDINGS;
    }
    bool good = input_read_options(input, options, &unused) &&
                image_open_task(&input->image, input->name, input->bytes.data, input->bytes.size, &input->profile,
                                &input->diags);
    return good ? EXIT_FINE : EXIT_FINDINGS;
}

static int read_image(struct input *input, unsigned wanted, const struct options *options)
{
    input->is_image = true;
    enum seal_state state = seal_check(input->bytes.data, input->bytes.size, &input->sealed);
    if ((wanted & INPUT_TASK) && state == SEAL_MISSING && image_is_task(input->bytes.data, input->bytes.size)) {
        return read_task(input, options);
    }
    if (!seal_is_good(input, state)) {
        return EXIT_FINDINGS;
    }
    if (!image_open(&input->image, input->name, input->bytes.data, input->bytes.size, &input->diags)) {
        return EXIT_FINDINGS;
    }
    if (options->kernel) {
        struct capdl_text_options unused = {NULL};
        if (!input_read_options(input, options, &unused)) {
            return EXIT_FINDINGS;
        }
    } else if (!take_memory_map(input, &input->image.profile, options)) {
        return EXIT_FINDINGS;
    }
    if (!(wanted & INPUT_SPEC)) {
        return EXIT_FINE;
    }
    return image_to_spec(&input->image, input->name, &input->spec, &input->diags) ? EXIT_FINE : EXIT_FINDINGS;
}

int input_read_bytes(struct input *input, unsigned wanted, const struct options *options)
{
    enum input_form form = input_form(&input->bytes);
    if (form == INPUT_FORM_ELF && (wanted & INPUT_IMAGE)) {
        return read_image(input, wanted, options);
    }
    if (!(wanted & INPUT_SPEC)) {
        capdl_error(&input->diags, CAPDL_NOWHERE,
                    "%s is not an image: it does not start like an ELF file; 'capdl compile' makes images",
                    input->name);
        return EXIT_FINDINGS;
    }
    return read_spec(input, form, options);
}

int input_read_memory(struct input *input, const char *name, const char *text, size_t size,
                      const struct options *options)
{
    *input = (struct input){.name = name};
    memcpy(input->diags.disabled, options->no_checks, sizeof(options->no_checks));
    capdl_spec_init(&input->spec);
    uint8_t *copy = memory_need(malloc(size + 1));
    memcpy(copy, text, size);
    copy[size] = 0;
    input->bytes = (struct file_bytes){.data = copy, .size = size};
    return input_read_bytes(input, INPUT_SPEC, options);
}

bool input_need_profile(struct input *input, const struct options *options)
{
    if (input->has_profile && !input->guessed) {
        return true;
    }
    if (input->is_image) {
        input->profile = input->image.profile;
        input->has_profile = true;
        return true;
    }
    if (!input->guessed && !use_default_profile(input, input->spec.arch, options)) {
        return false;
    }
    guess_domains(input);
    input->guessed = false;
    return true;
}

int input_check(struct input *input, int code)
{
    bool has_spec = code == EXIT_FINE || (code == EXIT_FINDINGS && input->spec.has_arch);
    progress_say("checking", input->name);
    if (has_spec && !capdl_spec_check(&input->spec, &input->diags)) {
        return EXIT_FINDINGS;
    }
    return code;
}

void input_free(struct input *input)
{
    capdl_diags_free(&input->diags);
    capdl_spec_free(&input->spec);
    file_release(&input->bytes);
    free(input->sealed.parts);
    file_release(&input->policy);
}
