/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pd with bootinfo is mapped as a kernel maps its initial task: all pages from the first to the last of its image,
 * whatever lies between its segments, then the IPC buffer and the bootinfo; and nothing is made that nobody can reach.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../check.h"
#include "make_elf.h"
#include "pd/pd.h"
#include "profile/profile.h"

enum { PAGE = 4096, FIRST = 0x200000, DATA = 0x204000, PAGES = 7, NUM_FRAMES = PAGES + 2 };

static char directory[] = "/tmp/root_test.XXXXXX";
static const char *const search[] = {directory, NULL};
static const char text[] =
    "objects { task = pd (\"root.elf\", bootinfo: [some], cspace_bits: 12) some = leftover (slots: 8, size: 64k) }";

/* Code of 0x1800 bytes in two pages, two pages of nothing, data of 0x100 bytes and zeros up to the seventh page. */
static void write_program(const struct capdl_profile *profile)
{
    char path[64];
    struct made_elf elf = made_good(profile->arch == CAPDL_ARCH_AARCH64 ? ELF_AARCH64
                                    : profile->arch == CAPDL_ARCH_RISCV ? ELF_RISCV
                                                                        : ELF_X86_64);
    elf.headers[0].filesz = elf.headers[0].memsz = 0x1800;
    made_add(&elf, ELF_LOAD, ELF_R | ELF_W, 0x3000, DATA, 0x100, 0x2800, PAGE);

    uint8_t *bytes = made_bytes(&elf);
    snprintf(path, sizeof(path), "%s/root.elf", directory);
    made_write(path, bytes, elf.size);
    free(bytes);
}

/* Capabilities to each object. To be freed. */
static unsigned *count_caps(const struct capdl_spec *spec)
{
    unsigned *count = calloc(spec->num_objects, sizeof(*count));
    for (uint32_t i = 0; count && i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].object != CAPDL_NO_OBJECT) {
                count[caps.list[j].object]++;
            }
        }
    }
    return count;
}

/* The pages below a table from an address on: bit n of *mapped is page n of the image. */
static void find_pages(const struct capdl_spec *spec, uint32_t table, unsigned shift, uint64_t base, uint64_t *mapped)
{
    struct capdl_caps caps = capdl_object_caps(spec, table);
    for (uint32_t i = 0; i < caps.count; i++) {
        uint64_t address = base | caps.list[i].slot << shift;
        if (caps.list[i].kind == CAPDL_KIND_FRAME) {
            uint64_t page = (address - FIRST) / PAGE;
            CHECK(shift == 12 && page < NUM_FRAMES, "a page at %" PRIx64, address);
            *mapped |= page < 64 ? UINT64_C(1) << page : 0;
        } else {
            find_pages(spec, caps.list[i].object, shift - 9, address, mapped);
        }
    }
}

static void check_task(const char *name)
{
    const struct capdl_profile *profile = profile_builtin(name);
    struct pd_context context = {profile, "test.cdl", search};
    struct capdl_text_options options = {
        .expand = pd_expand, .context = &context, .has_arch = true, .arch = profile->arch};
    struct capdl_spec spec;
    struct capdl_diags diags = {NULL};
    uint64_t mapped = 0;
    unsigned frames = 0;
    write_program(profile);
    capdl_spec_init(&spec);
    bool good =
        capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, "test.cdl", text, strlen(text)), &options);
    capdl_diags_print(&diags, stderr, 0);
    CHECK(good, "%s", name);
    if (good) {
        unsigned *caps = count_caps(&spec);
        for (uint32_t i = 0; i < spec.num_objects; i++) {
            enum capdl_kind kind = capdl_object_kind(&spec, i);
            frames += kind == CAPDL_KIND_FRAME;
            CHECK(caps[i] || kind == CAPDL_KIND_LEFTOVER || kind == CAPDL_KIND_PROGRAM, "%s: nobody has %s", name,
                  capdl_object_name(&spec, i));
        }
        find_pages(&spec, capdl_spec_find(&spec, "vspace_task", CAPDL_NO_INDEX), 3 + 9 * profile->vspace_levels, 0,
                   &mapped);
        CHECK(mapped == (UINT64_C(1) << NUM_FRAMES) - 1, "%s: pages %" PRIx64 " are mapped", name, mapped);
        CHECK(frames == NUM_FRAMES, "%s: %u frames", name, frames);
        free(caps);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

int main(void)
{
    static const char *const names[] = {"aarch64-mcs", "aarch64", "riscv64-mcs", "riscv64", "x86_64-mcs", "x86_64"};
    char path[64];
    if (!mkdtemp(directory)) {
        return 2;
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        check_task(names[i]);
    }
    snprintf(path, sizeof(path), "%s/root.elf", directory);
    unlink(path);
    rmdir(directory);
    return check_result();
}
