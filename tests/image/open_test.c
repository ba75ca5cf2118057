/* SPDX-License-Identifier: BSD-2-Clause */
/* Damaged images: every length, and a flipped bit in every byte that is read. Nothing may crash, and what is cut is
 * refused. Images that make pages where there are no tables are refused, too. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "image/seal.h"

static const char spec[] =
    "arch aarch64\n"
    "objects {\n"
    "  t[2] = tcb (addr: 0x205000, ip: 0x200010, sp: 0x203000, prio: 100, max_prio: 90, affinity: 0, init: [7])\n"
    "  c = cnode (4 bits)  top = pud  middle = pd  bottom = pt  n = notification  line = irq  s = sc (period: 900, "
    "budget: 900)\n"
    "  code[2] = frame (4k, fill: [{0 100 CDL_FrameFill_FileData \"code.bin\" 0}])\n"
    "  data = frame (2M, fill: [{8192 900 CDL_FrameFill_FileData \"code.bin\" 0}])  device = frame (4k, paddr: "
    "0x9000000)\n"
    "  memory = ut (14 bits, paddr: 0x70000000) { late = frame (4k, paddr: 0x70002000) }\n"
    "}\n"
    "caps {\n"
    "  top { 0: middle }  middle { 1: bottom  2: data (RW) }  bottom { 0: code[0] (RX)  1: code[1] (RX)  5: device "
    "(RW) }\n"
    "  c { 1: n (RW, badge: 42)  2: t[0]  3: c (guard: 0, guard_size: 60)  4: line  5: code[0] (R) }  line { 0: n "
    "(RW) }\n"
    "  t[0] { cspace: c  vspace: top  ipc_buffer_slot: code[0] (RW)  sc_slot: s }\n"
    "  t[1] { cspace: c  vspace: top  ipc_buffer_slot: code[1] (RW) }\n"
    "}\n"
    "irq maps { 40: line }\n";

/* Opens a copy of just these bytes, so that reading beyond them is noticed; goes on to the spec when it opens. */
static bool try_open(const uint8_t *bytes, size_t size, bool *has_spec)
{
    struct image image;
    struct capdl_diags diags = {NULL};
    struct capdl_spec model;
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    bool good = image_open(&image, "damaged", copy, size, &diags);
    *has_spec = false;
    if (good) {
        capdl_spec_init(&model);
        *has_spec = image_to_spec(&image, "damaged", &model, &diags);
        capdl_spec_free(&model);
    }
    CHECK(*has_spec || diags.num_errors > 0, "refused without a word");
    capdl_diags_free(&diags);
    free(copy);
    return good;
}

static void try_prefixes(struct compiled *c)
{
    bool has_spec;
    for (size_t size = 0; size < c->image_size; size += size < 512 || size + 600 > c->image_size ? 1 : 97) {
        /* Opening looks at what it needs; whoever takes an image from a user looks at its seal first. */
        bool opened = try_open(c->image, size, &has_spec);
        CHECK(!opened || size >= c->image_size - SEAL_BYTES, "opened with %zu of %zu bytes", size, c->image_size);
        CHECK(seal_check(c->image, size, NULL) == SEAL_MISSING, "sealed with %zu of %zu bytes", size, c->image_size);
    }
    CHECK(seal_check(c->image, c->image_size, NULL) == SEAL_GOOD, "a new image is not sealed");
    for (size_t i = 0; i < c->image_size; i += 211) {
        c->image[i] ^= 1;
        CHECK(seal_check(c->image, c->image_size, NULL) != SEAL_GOOD, "byte %zu may change", i);
        c->image[i] ^= 1;
    }
}

static void try_flips(struct compiled *c, size_t start, size_t end)
{
    size_t opened = 0;
    for (size_t i = start; i < end && i < c->image_size; i++) {
        for (unsigned bit = (unsigned)i % 2; bit < 8; bit += 2) {
            bool has_spec;
            c->image[i] ^= (uint8_t)(1 << bit);
            opened += try_open(c->image, c->image_size, &has_spec);
            c->image[i] ^= (uint8_t)(1 << bit);
        }
    }
    CHECK(opened < (end - start) * 4, "all %zu damaged images were opened", opened);
}

/* The header's architecture is that of the ELF header, and one that there is. */
static void try_architectures(struct compiled *c)
{
    struct capdl_image_header *header = memmem(c->image, c->image_size, &(uint64_t){CAPDL_IMAGE_MAGIC}, 8);
    bool has_spec;
    CHECK(header, "the header is in the image");
    if (!header) {
        return;
    }
    for (uint32_t arch = 0, own = header->arch; arch <= CAPDL_ARCH_COUNT; arch++) {
        header->arch = arch;
        CHECK(try_open(c->image, c->image_size, &has_spec) == (arch == own), "architecture %u", arch);
        header->arch = own;
    }
}

static void check_says(const uint8_t *bytes, size_t size, const char *message)
{
    struct image image;
    struct capdl_diags diags = {NULL};
    CHECK(!image_open(&image, "damaged", bytes, size, &diags), "opened: %s", message);
    char *said = messages(&diags);
    CHECK(strstr(said, message), "expected '%s', but got '%s'", message, said);
    free(said);
    capdl_diags_free(&diags);
}

/* The initialiser alone; segments and header that do not go together; and an image without its table of sections, which
 * is still no foreign root task. */
static void try_headers(struct compiled *c)
{
    static uint8_t bare[1 << 16];
    FILE *file = fopen(make_initialiser(CAPDL_ARCH_AARCH64), "rb");
    size_t size = file ? fread(bare, 1, sizeof(bare), file) : 0;
    Elf64_Ehdr *elf = (Elf64_Ehdr *)(void *)c->image, kept = *elf;
    Elf64_Phdr *segments = (Elf64_Phdr *)(void *)(c->image + elf->e_phoff), second = segments[1];
    if (file) {
        fclose(file);
    }
    check_says(bare, size, "image 'damaged' is a bare initialiser: there is no system in it");
    CHECK(!image_is_task(bare, size) && !image_is_task(c->image, c->image_size), "ours");
    segments[1].p_memsz += CAPDL_PAGE_SIZE;
    check_says(c->image, c->image_size, "has a segment outside the addresses in its image header");
    segments[1].p_memsz -= 2 * CAPDL_PAGE_SIZE;
    check_says(c->image, c->image_size, "has no segment with blob and pages");
    segments[1] = second;
    segments[1].p_vaddr -= CAPDL_PAGE_SIZE;
    check_says(c->image, c->image_size, "has a segment that overlaps the blob");
    segments[1] = second;
    segments[1].p_type = PT_NOTE;
    check_says(c->image, c->image_size, "has a segment marked as not loaded, which the kernel would load anyway");
    segments[1] = second;
    elf->e_entry = second.p_vaddr + second.p_filesz;
    check_says(c->image, c->image_size, "has an entry point outside its segments");
    *elf = kept;
    elf->e_shnum = elf->e_shstrndx = 0;
    check_says(c->image, c->image_size, "has no section .capdl.header: it was not made by 'capdl compile'");
    CHECK(!image_is_task(c->image, c->image_size), "ours without a table of sections");
    struct capdl_image_header *header = memmem(c->image, c->image_size, &(uint64_t){CAPDL_IMAGE_MAGIC}, 8);
    header->magic ^= 1;
    CHECK(image_is_task(c->image, c->image_size), "what has no header of ours");
    header->magic ^= 1;
    *elf = kept;
}

/* Makes an image whose blob says the second number where the first, which is in it once, stood: it is refused so. */
static void try_number(const char *profile, const char *text, uint32_t from, uint32_t to, const char *message)
{
    struct compiled c;
    struct image image;
    struct capdl_diags diags = {NULL};
    struct capdl_spec model;
    uint8_t old[5] = {0x1a}, new[5] = {0x1a}; /* CBOR: a number of 32 bits, big endian */
    for (unsigned i = 0; i < 4; i++) {
        old[1 + i] = (uint8_t)(from >> 8 * (3 - i));
        new[1 + i] = (uint8_t)(to >> 8 * (3 - i));
    }
    compile_text_to_image(&c, profile, text, false);
    const uint8_t *blob = c.good ? memmem(c.image, c.image_size, c.blob, c.blob_size) : NULL;
    const uint8_t *found = blob ? memmem(blob, c.blob_size, old, sizeof(old)) : NULL;
    CHECK(found, "0x%x is in the blob", from);
    if (found) {
        memcpy(c.image + (found - c.image), new, sizeof(new));
        capdl_spec_init(&model);
        CHECK(image_open(&image, "damaged", c.image, c.image_size, &diags), "%s", message);
        CHECK(!image_to_spec(&image, "damaged", &model, &diags), "accepted: %s", message);
        char *said = messages(&diags);
        CHECK(strstr(said, message), "expected '%s', but got '%s'", message, said);
        free(said);
        capdl_spec_free(&model);
    }
    capdl_diags_free(&diags);
    compiled_free(&c);
}

/* Calls that the kernel would refuse. */
static void try_pages_without_tables(void)
{
    try_number("aarch64-mcs",
               "arch aarch64 objects { top = pud  middle = pd  bottom = pt  f = frame (4k) }\n"
               "caps { top { 1: middle }  middle { 2: bottom }  bottom { 3: f (RW) } }",
               0x40403000, 0x40603000, "a page is mapped where there is no page table");
    try_number("x86_64",
               "arch x86_64 objects { d = io_device (domainID: 2, 1:3.1)  f = frame (4k)\n"
               "a = io_pt (level: 1)  b = io_pt (level: 2)  c = io_pt (level: 3) }\n"
               "caps { d { 0: a }  a { 1: b }  b { 2: c }  c { 3: f (R) } }",
               0x40403000, 0x40603000, "a device's page is mapped where there is no I/O page table");
}

int main(void)
{
    struct compiled c;
    bool has_spec;
    write_pattern("code.bin", 1000);
    compile_text_to_image(&c, "aarch64-mcs", spec, false);
    char *said = messages(&c.diags);
    CHECK(c.good, "%s", said);
    free(said);
    CHECK(c.good && try_open(c.image, c.image_size, &has_spec) && has_spec, "the undamaged image");
    if (!c.good) {
        return fixture_result();
    }
    const uint8_t *blob = memmem(c.image, c.image_size, c.blob, c.blob_size);
    CHECK(blob, "the blob is in the image");
    try_architectures(&c);
    try_headers(&c);
    try_prefixes(&c);
    try_flips(&c, 0, 64 + 2 * 56); /* ELF header, segments */
    size_t at = blob ? (size_t)(blob - c.image) : 0;
    try_flips(&c, at, at + c.blob_size);
    try_flips(&c, 0x1000 + 0x80,
              0x1000 + 0x80 + sizeof(struct capdl_image_header)); /* where the initialiser has its header */
    try_flips(&c, c.image_size - 1600, c.image_size);             /* profile, names and table of sections */
    CHECK(!try_open((const uint8_t *)"arch aarch64", 12, &has_spec), "a spec is not an image");
    compiled_free(&c);
    try_pages_without_tables();
    return fixture_result();
}
