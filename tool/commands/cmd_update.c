/* SPDX-License-Identifier: BSD-2-Clause */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/progress.h"
#include "image/inputs_section.h"
#include "image/seal.h"
#include "image/settings_section.h"
#include "image/system_section.h"
#include "image/update.h"
#include "input/result.h"
#include "microkit/microkit.h"
#include "pd/elf_file.h"
#include "pd/symbols.h"
#include "review/digest.h"
#include "update_room.h"

const struct usage usage_update = {
    "update IMAGE NAME=ELF -o OUT [--json]",
    "Replaces the program of the protection domain NAME in an image, and changes nothing else. The new program\n"
    "must fit the old one's layout: pages at the same addresses with the same rights, and contents only where\n"
    "the image has room for them, or anywhere in the room that the spec reserves ('room' of pd). If it does not\n"
    "fit, the error says why. Symbols that the spec sets ('set' of pd, or a Microkit system description) are set in\n"
    "the new program, too.",
    .takes = OPTIONS(OPTION_OUTPUT, OPTION_JSON_RESULT),
    .min_operands = 2,
    .max_operands = 2,
    .needs = OPTIONS(OPTION_OUTPUT),
    .examples = "capdl update system.elf client=client.elf -o new.elf",
    .findings = "The program does not fit the layout of the old one: no image is written.",
};

/* Segments as they will be mapped: what can be written or executed can be read. */
static struct update_segment *segments_of(const struct elf_program *elf)
{
    struct update_segment *list = memory_zeroed(elf->num_segments + 1, sizeof(*list));
    for (size_t i = 0; i < elf->num_segments; i++) {
        const struct elf_segment *s = &elf->segments[i];
        list[i] = (struct update_segment){
            .vaddr = s->vaddr,
            .memory_size = s->memsz,
            .file_size = s->filesz,
            .rights = s->rights | CAPDL_RIGHT_READ,
            .bytes = elf->bytes.data + s->offset,
        };
    }
    return list;
}

static struct update_patch *patches_of(const struct elf_program *elf)
{
    struct update_patch *list = memory_zeroed(elf->num_patches, sizeof(*list));
    for (size_t i = 0; i < elf->num_patches; i++) {
        const struct elf_patch *p = &elf->patches[i];
        list[i] = (struct update_patch){.vaddr = p->address, .size = p->size, .bytes = p->bytes};
    }
    return list;
}

/* The symbols that the spec set, in the new program. */
static bool set_anew(struct input *input, const char *name, const char *path, struct elf_program *elf, uint64_t *room)
{
    char *pd = memory_need(strndup(name, strcspn(name, "[")));
    struct capdl_setting *settings;
    size_t count;
    bool good = settings_read(input->bytes.data, input->bytes.size, pd, &settings, &count, room);
    if (!good) {
        capdl_error(&input->diags, CAPDL_NOWHERE, "%s has a damaged section " SETTINGS_SECTION, input->name);
    }
    good = good && elf_set(elf, NULL, path, settings, count, &input->diags);
    free(settings);
    free(pd);
    return good;
}

/* Within its room, any program will do: the spec in the image gets it, and is compiled again. */
static bool swap_in_room(struct input *input, const char *name, const char *path, const struct elf_program *elf,
                         uint64_t room, struct update_made *made)
{
    FILE *out = memory_need(open_memstream((char **)&made->bytes, &made->size));
    struct update_room request = {
        .image = &input->image,
        .image_name = input->name,
        .pd = name,
        .program_name = path,
        .program = elf,
        .room = room,
    };
    struct image image;
    bool good = update_room(&request, &input->diags, out);
    good = fclose(out) == 0 && good;
    return good && image_open(&image, input->name, made->bytes, made->size, &input->diags) &&
           image_to_spec(&image, input->name, &made->spec, &input->diags);
}

static bool swap_pages(struct input *input, const char *name, const char *path, const struct elf_program *elf,
                       struct update_made *made)
{
    struct update_segment *segments = segments_of(elf);
    struct update_patch *patches = patches_of(elf);
    struct update_program program = {.name = path,
                                     .segments = segments,
                                     .num_segments = elf->num_segments,
                                     .patches = patches,
                                     .num_patches = elf->num_patches,
                                     .entry = elf->entry,
                                     .ipc_buffer =
                                         microkit_ipc_buffer(&input->image.profile, elf->bytes.data, elf->bytes.size),
                                     .has_tls = elf->has_tls};
    made->size = input->bytes.size;
    made->bytes = memory_need(malloc(made->size));
    memcpy(made->bytes, input->bytes.data, made->size);
    bool good = segments && image_update(&input->image, input->name, name, &program, made, &input->diags);
    free(segments);
    free(patches);
    return good;
}

static bool swap(struct input *input, const char *name, const char *path, struct update_made *made)
{
    struct elf_program elf;
    struct elf_request request = {.name = path,
                                  .pos = CAPDL_NOWHERE,
                                  .on_command_line = true,
                                  .arch = input->image.profile.arch,
                                  .user_top = input->image.profile.user_top};
    uint64_t room;
    progress_say("updating", input->name);
    if (!elf_read(&elf, &request, &input->diags)) {
        return false;
    }
    bool good = set_anew(input, name, path, &elf, &room);
    if (good) {
        image_check_program(&input->image.profile, &input->diags, path, CAPDL_NOWHERE, elf.bytes.data, elf.bytes.size);
        bool in_room = room && !strchr(name, '['); /* elements of arrays have none */
        good = in_room ? swap_in_room(input, name, path, &elf, room, made) : swap_pages(input, name, path, &elf, made);
    }
    elf_release(&elf);
    return good;
}

/* An image with another program is made from other files. */
static bool renew_inputs(const char *name, const char *path, uint8_t *bytes, size_t size)
{
    struct file_bytes program;
    if (!file_read_regular(path, &program)) {
        return false;
    }
    inputs_renew(bytes, size, name, program.data, program.size);
    file_release(&program);
    return true;
}

/* ... and from another system. */
static void renew_digest(const struct input *input, struct update_made *made)
{
    uint8_t *place = system_section_in(made->bytes, made->size), digest[SHA256_BYTES];
    if (place && digest_of_image(&made->spec, input->name, made->bytes, made->size, digest)) {
        memcpy(place, digest, SHA256_BYTES);
    }
}

static bool swap_renewed(struct input *input, const char *name, const char *path, FILE *out)
{
    struct update_made made = {.bytes = NULL};
    capdl_spec_init(&made.spec);
    bool good = swap(input, name, path, &made) && renew_inputs(name, path, made.bytes, made.size);
    if (good) {
        renew_digest(input, &made);
        seal_renew(made.bytes, made.size, &input->sealed);
        fwrite(made.bytes, 1, made.size, out);
    }
    capdl_spec_free(&made.spec);
    free(made.bytes);
    return good;
}

static int swap_into(struct input *input, const char *name, const char *path, const char *output)
{
    struct file_output file;
    if (!file_create(&file, output)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, strerror(errno));
        return EXIT_TROUBLE;
    }
    if (!swap_renewed(input, name, path, file.stream) && !ferror(file.stream)) {
        file_abandon(&file);
        return EXIT_FINDINGS;
    }
    if (!file_commit(&file)) {
        capdl_escape_printf(stderr, "capdl: cannot write %s: %s\n", output, strerror(errno));
        return EXIT_TROUBLE;
    }
    result_add_text(input, "kernel", input->image.profile.name);
    result_add_text(input, "domain", name);
    result_add_text(input, "program", path);
    result_add_output(input, output);
    return EXIT_FINE;
}

static int update(struct input *input, const struct options *options)
{
    char *name = memory_need(strdup(options->operands[1])), *equals = strchr(name, '=');
    int code = EXIT_TROUBLE;
    if (!equals) {
        capdl_escape_printf(stderr, "capdl update: expected NAME=ELF, such as ping=new.elf, not '%s'\n",
                            options->operands[1]);
    } else {
        *equals = 0;
        code = swap_into(input, name, equals + 1, options->output);
    }
    free(name);
    return code;
}

int cmd_update(int argc, char **argv)
{
    struct options options;
    struct input input;
    int code = options_parse(&usage_update, argc, argv, &options);
    if (code != OPTIONS_GO) {
        return code;
    }
    code = input_read(&input, options.operands[0], INPUT_IMAGE, &options);
    result_start(&input, &options, "update");
    if (code == EXIT_FINE) {
        code = update(&input, &options);
    }
    code = input_finish(&input, &options, code);
    options_free(&options);
    return code;
}
