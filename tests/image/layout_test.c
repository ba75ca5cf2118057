/* SPDX-License-Identifier: BSD-2-Clause */
/* The file an image is: what the kernel would load, where blob and pages are, and images that cannot be made. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const char spec[] = "arch x86_64\n"
                           "objects { e = ep  a = frame (4k, fill: [{0 4096 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
                           "  b = frame (4k, fill: [{16 10 CDL_FrameFill_FileData \"code.bin\" 4096}]) }\n"
                           "caps { }\n";

static Elf64_Phdr segment(const struct compiled *c, unsigned i)
{
    Elf64_Phdr segment;
    memcpy(&segment, c->image + ((const Elf64_Ehdr *)c->image)->e_phoff + i * sizeof(segment), sizeof(segment));
    return segment;
}

/* File offset of a section by its name. */
static uint64_t section_offset(const struct compiled *c, const char *name, uint64_t *size)
{
    const Elf64_Ehdr *file = (const Elf64_Ehdr *)c->image;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(c->image + file->e_shoff);
    const char *names = (const char *)c->image + sections[file->e_shstrndx].sh_offset;
    for (unsigned i = 0; i < file->e_shnum; i++) {
        if (strcmp(names + sections[i].sh_name, name) == 0) {
            *size = sections[i].sh_size;
            return sections[i].sh_offset;
        }
    }
    return 0;
}

static void check_segments(const struct compiled *c)
{
    const Elf64_Ehdr *file = (const Elf64_Ehdr *)c->image;
    CHECK(file->e_phnum == 2 && file->e_entry == 0x400000, "%u segments", file->e_phnum);
    Elf64_Phdr first = segment(c, 0), second = segment(c, 1);
    CHECK(first.p_type == PT_LOAD && second.p_type == PT_LOAD, "only loaded segments");
    CHECK(first.p_vaddr == 0x400000 && first.p_memsz == 0x1800, "the initialiser stays where it is");
    CHECK(second.p_vaddr == 0x402000 && second.p_paddr == 0x402000, "%#lx", second.p_vaddr);
    CHECK(second.p_offset % 4096 == 0 && first.p_offset % 4096 == 0, "offsets are congruent to addresses");
    CHECK(second.p_memsz > second.p_filesz && second.p_memsz % 4096 == 0, "scratch memory is not stored");
    CHECK(c->image[first.p_offset] == 0x90, "the initialiser's text is there");
}

static void check_payload(const struct compiled *c)
{
    struct capdl_image_header header;
    uint64_t size = 0, at = section_offset(c, ".capdl.header", &size);
    memcpy(&header, c->image + at, sizeof(header));
    CHECK(header.image_start == 0x400000 && header.blob_start == 0x402000 && header.blob_size == c->blob_size,
          "header");
    CHECK(header.pages_start == 0x403000 && header.num_pages == 2, "%#llx", (unsigned long long)header.pages_start);
    CHECK(header.scratch_start == 0x405000 && header.image_end == header.scratch_start + header.scratch_size,
          "scratch");
    CHECK(header.image_end == segment(c, 1).p_vaddr + segment(c, 1).p_memsz, "the segment ends with the image");
    at = section_offset(c, ".capdl.blob", &size);
    CHECK(size == c->blob_size && memcmp(c->image + at, c->blob, size) == 0, "the blob is in its section");
    at = section_offset(c, ".capdl.pages", &size);
    const uint8_t *pages = c->image + at;
    CHECK(size == 8192 && pages[0] == 1 && pages[4095] == 4095 % 251 + 1, "the first frame is full");
    CHECK(pages[4096 + 15] == 0 && pages[4096 + 16] == 4096 % 251 + 1 && pages[4096 + 26] == 0,
          "the second has ten bytes");
    CHECK(section_offset(c, ".capdl.profile", &size) && size > 100, "the kernel profile is there");
}

static void check_refused(const char *profile, const char *text, const char *initialiser, const char *message)
{
    struct compiled c;
    compile_text(&c, profile, text);
    FILE *out = open_memstream((char **)&c.image, &c.image_size);
    c.options.initialiser = initialiser;
    bool good = image_compile(&c.spec, &c.options, &c.diags, out);
    fclose(out);
    char *said = messages(&c.diags);
    CHECK(!good && strstr(said, message), "should say: %s\nbut says: %s", message, said);
    CHECK(c.image_size == 0, "%zu bytes were written", c.image_size);
    free(said);
    compiled_free(&c);
}

/* A spec with frames that are full and of which no two have the same contents. */
static char *distinct_frames(unsigned count)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fputs("arch x86_64 objects {", out);
    for (unsigned i = 1; i <= count; i++) {
        fprintf(out, " f%u = frame (4k, fill: [{0 4 CDL_FrameFill_Bytes %08x}, {4092 4 CDL_FrameFill_Bytes %08x}])", i,
                i, i);
    }
    fputs(" } caps { }", out);
    fclose(out);
    return text;
}

int main(void)
{
    struct compiled first, second;
    write_pattern("code.bin", 5000);
    compile_text_to_image(&first, "x86_64", spec, false);
    compile_text_to_image(&second, "x86_64", spec, false);
    CHECK(first.good && second.good, "a small image");
    if (first.good && second.good) {
        check_segments(&first);
        check_payload(&first);
        CHECK(first.image_size == second.image_size && memcmp(first.image, second.image, first.image_size) == 0,
              "same bytes");
    }
    compiled_free(&first);
    compiled_free(&second);

    char *good = strdup(make_initialiser(CAPDL_ARCH_X86_64));
    write_file("text.elf", "hello", 5);
    check_refused("x86_64", spec, test_path("none.elf"), "cannot read the initialiser");
    check_refused("x86_64", spec, test_path("text.elf"), "is too short for an ELF file");
    check_refused("aarch64", "arch aarch64 objects { } caps { }", good, "is for another architecture than the kernel");
    char *frames = distinct_frames(4000);
    check_refused("x86_64-12", frames, good,
                  " pages (4000 of them contents of frames, and 0 more "
                  "are copied from equal ones, 0 from packed pages) need about");
    check_refused("x86_64-12", frames, good, "which has 4096; build the kernel with KernelRootCNodeSizeBits=13");
    free(frames);
    good = strcpy(good, make_initialiser(CAPDL_ARCH_AARCH64));
    /* 1.5 GiB of RAM in the platform of the stock kernel, of which its own image takes the beginning */
    check_refused("aarch64", "arch aarch64 objects { big[2] = frame (1024M) } caps { }", good,
                  "does not fit: objects of 0x40000000 bytes and larger need 0x40000000 bytes more than the RAM");
    check_refused("aarch64", "arch aarch64 objects { low = frame (4k, paddr: 0x60010000) } caps { }", good,
                  "cannot be at 0x60010000: of the 0x1000 bytes there, the kernel takes 0x60010000 to 0x60242000");
    free(good);
    return fixture_result();
}
