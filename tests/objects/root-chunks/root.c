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

static int chunk(const uint64_t *header)
{
#ifdef SEL4_ARCH_X86_64
    uint64_t length = header[0] == 5 ? 32 : 8192;
    int good = header[0] == 5 ? (uint32_t)header[2] > 100 : header[2] != 0;
#else
    const uint8_t *tree = (const uint8_t *)(header + 2);
    uint64_t length = 70000;
    int good = tree[0] == 0xd0 && tree[1] == 0x0d && tree[2] == 0xfe && tree[3] == 0xed && header[length / 8 - 1] == 0;
#endif
    return good && header[1] == length;
}

void root_start(const struct bootinfo *);
void root_start(const struct bootinfo *info)
{
    const uint8_t *first = (const uint8_t *)info + PAGE, *at = first;
    pd_words = (uint64_t *)info->ipc_buffer + 1;
    pd_print("root: started\n");
    int chunks = 1;
    while (at < first + info->extra_len) {
        const uint64_t *header = (const uint64_t *)at;
        chunks &= chunk(header);
        at += header[1];
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
