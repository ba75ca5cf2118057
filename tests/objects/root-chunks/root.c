/* SPDX-License-Identifier: BSD-2-Clause */
/* Goes through the chunks behind bootinfo as libsel4 describes them, and moves their pages by its capabilities. */
#include "objects.h"

struct bootinfo {
    uint64_t extra_len, node, nodes, iopt_levels, ipc_buffer;
    uint64_t empty[2], shared[2], image_frames[2], image_paging[2], io_space[2], extra_pages[2];
};

enum { CNODE = 2, VSPACE = 3, PAGE = 4096 };

void pd_main(const uint64_t *args)
{
    (void)args;
}

struct header {
    uint64_t id, length;
};

/* A chunk need not begin at a word. */
static struct header header_at(const uint8_t *at)
{
    struct header header = {0};
    for (unsigned i = 0; i < 8; i++) {
        header.id |= (uint64_t)at[i] << 8 * i;
        header.length |= (uint64_t)at[8 + i] << 8 * i;
    }
    return header;
}

static int chunk(const uint8_t *at)
{
    struct header header = header_at(at), content = header_at(at + sizeof(header));
#ifdef SEL4_ARCH_X86_64
    switch (header.id) {
    case 5:
        return header.length == 20 && (uint32_t)content.id > 100;
    case 3:
        return header.length == 4064;
    default: /* its header is in two pages */
        return header.id == 2 && header.length == 8192 && content.id != 0;
    }
#else
    uint64_t last = header_at(at + header.length - sizeof(header)).length;
    return header.id == 6 && header.length == 70000 && (uint32_t)content.id == 0xedfe0dd0 && last == 0;
#endif
}

void root_start(const struct bootinfo *);
void root_start(const struct bootinfo *info)
{
    const uint8_t *first = (const uint8_t *)info + PAGE, *at = first;
    pd_words = (uint64_t *)info->ipc_buffer + 1;
    pd_print("root: started\n");
    int chunks = 1;
    while (at < first + info->extra_len) {
        chunks &= chunk(at);
        at += header_at(at).length;
    }
    pd_print("root: chunks %s\n", chunks ? "good" : "bad");
    uint64_t pages = info->extra_pages[1] - info->extra_pages[0], last = info->extra_pages[1] - 1;
    uint64_t word = *(const uint64_t *)(first + (pages - 1) * PAGE), there = (uint64_t)first + 100 * PAGE;
    int good = (info->extra_len + PAGE - 1) / PAGE == pages && pd_map(last, VSPACE, there) != 0 &&
               pd_call(last, SEL4_LABEL_PAGE_UNMAP, 0).label == 0 && pd_map(last, VSPACE, there) == 0 &&
               *(const uint64_t *)there == word;
    pd_print("root: pages %s\n", good ? "good" : "bad");
    pd_retype(info->empty[0] - 1, SEL4_TYPE_NOTIFICATION, 0, CNODE, info->empty[0]);
    for (;;) {
        pd_wait(info->empty[0]);
    }
}
