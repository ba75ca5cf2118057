/* SPDX-License-Identifier: BSD-2-Clause */
/* Encoding and back; libcbor says whether the bytes are CBOR, and makes wrong ones. */
#include <cbor.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "profile/profile.h"

static char flaw[PROFILE_FLAW];

/* Both were zeroed as a whole, so that padding does not count. */
static bool same(const struct capdl_profile *a, const struct capdl_profile *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static const struct cbor_pair *find_key(const cbor_item_t *map, const char *key)
{
    for (size_t i = 0; i < cbor_map_size(map); i++) {
        const struct cbor_pair *pair = &cbor_map_handle(map)[i];
        if (cbor_string_length(pair->key) == strlen(key) &&
            memcmp(cbor_string_handle(pair->key), key, strlen(key)) == 0) {
            return pair;
        }
    }
    return NULL;
}

static cbor_item_t *load(const uint8_t *bytes, size_t size)
{
    struct cbor_load_result result;
    cbor_item_t *item = cbor_load(bytes, size, &result);

    CHECK(item != NULL && result.read == size && cbor_isa_map(item), "not one map");
    return item;
}

static void test_round_trip(const struct capdl_profile *p)
{
    struct capdl_profile back;
    size_t size, again_size;
    uint8_t *bytes = profile_encode(p, &size), *again;
    cbor_item_t *map = load(bytes, size);
    const struct cbor_pair *pair = find_key(map, "root_cnode_bits");

    CHECK(pair != NULL && cbor_get_int(pair->value) == p->root_cnode_bits, "%s", p->name);
    pair = find_key(find_key(map, "syscalls")->value, "CALL");
    CHECK(pair != NULL && cbor_isa_negint(pair->value) && cbor_get_int(pair->value) == 0, "%s: -1", p->name);
    CHECK(profile_decode(bytes, size, &back, flaw) && same(p, &back), "%s: round trip", p->name);
    again = profile_encode(&back, &again_size);
    CHECK(size == again_size && memcmp(bytes, again, size) == 0, "%s: same bytes", p->name);
    cbor_decref(&map);
    free(bytes);
    free(again);
}

/* Keys ascend: by length, then by bytes, all being shorter than 256. */
static void test_deterministic(void)
{
    size_t size;
    uint8_t *bytes = profile_encode(profile_builtin("aarch64-mcs"), &size);
    cbor_item_t *map = load(bytes, size);

    for (size_t i = 1; i < cbor_map_size(map); i++) {
        const cbor_item_t *a = cbor_map_handle(map)[i - 1].key, *b = cbor_map_handle(map)[i].key;
        size_t la = cbor_string_length(a), lb = cbor_string_length(b);

        CHECK(la < lb || (la == lb && memcmp(cbor_string_handle(a), cbor_string_handle(b), la) < 0), "key %zu", i);
    }
    cbor_decref(&map);
    free(bytes);
}

/* A decoder that accepts what the encoder does not write, or that reads beyond the end, shows here. */
static void check_canonical(const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size + (size == 0));
    struct capdl_profile p;
    memcpy(exact, bytes, size);
    if (profile_decode(exact, size, &p, flaw)) {
        size_t again_size;
        uint8_t *again = profile_encode(&p, &again_size);
        CHECK(again_size == size && memcmp(again, exact, size) == 0, "accepted, but not as it would be written");
        free(again);
    }
    free(exact);
}

static void test_damaged(void)
{
    size_t size;
    uint8_t *bytes = profile_encode(profile_builtin("x86_64-mcs"), &size);
    struct capdl_profile p;
    for (size_t i = 0; i < size; i++) {
        CHECK(!profile_decode(bytes, i, &p, flaw), "truncated to %zu bytes", i);
    }
    for (size_t i = 0; i < size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1 << bit);
            check_canonical(bytes, size);
            bytes[i] ^= (uint8_t)(1 << bit);
        }
    }
    uint8_t *longer = malloc(size + 1);
    memcpy(longer, bytes, size);
    longer[size] = 0;
    CHECK(!profile_decode(longer, size + 1, &p, flaw), "a byte too many");
    free(longer);
    free(bytes);
}

/* The encoding with one value replaced, keys in order as before. */
static void test_value(const char *key, cbor_item_t *value, bool accepted)
{
    size_t size;
    uint8_t *bytes = profile_encode(profile_builtin("aarch64-mcs"), &size), *changed = NULL;
    cbor_item_t *map = load(bytes, size);
    struct cbor_pair *pair = (struct cbor_pair *)(uintptr_t)find_key(map, key);
    struct capdl_profile p;

    cbor_decref(&pair->value);
    pair->value = value;
    CHECK(cbor_serialize_alloc(map, &changed, &size) > 0, "%s", key);
    CHECK(profile_decode(changed, cbor_serialize(map, changed, size), &p, flaw) == accepted, "%s", key);
    cbor_decref(&map);
    free(changed);
    free(bytes);
}

static cbor_item_t *regions(size_t count, const uint64_t *words)
{
    cbor_item_t *array = cbor_new_definite_array(count);

    for (size_t i = 0; i < count; i++) {
        cbor_item_t *word = words[i] < 24 ? cbor_build_uint8((uint8_t)words[i]) : cbor_build_uint32((uint32_t)words[i]);

        CHECK(cbor_array_push(array, cbor_move(word)), "push");
    }
    return array;
}

static void test_ranges(void)
{
    test_value("num_priorities", cbor_build_uint8(200), true);
    test_value("num_priorities", cbor_build_uint8(0), false);
    test_value("num_priorities", cbor_build_uint16(257), false);
    test_value("num_priorities", cbor_build_uint32(200), false);
    test_value("num_priorities", cbor_build_negint8(0), false);
    test_value("num_priorities", cbor_build_string("200"), false);
    test_value("num_priorities", cbor_build_bool(true), false);
    test_value("mcs", cbor_build_uint8(1), false);
    test_value("mcs", cbor_build_bool(false), false);      /* the rest is a kernel with MCS */
    test_value("arch", cbor_build_string("riscv"), false); /* whose methods are not these */
    test_value("arch", cbor_build_string("mips"), false);
    test_value("arch", cbor_build_string("ia32"), false);
    test_value("name", cbor_build_string("another name"), true);
    test_value("name", cbor_build_string("line\nbreak"), false);
    test_value("name", cbor_build_string("a name which is longer than the sixty-three bytes there is room for"), false);
    test_value("labels", cbor_new_definite_map(0), false);
    test_value("vspace_index_bits", cbor_new_definite_array(0), false);
    test_value("memory", regions(0, NULL), true);
    test_value("memory", regions(2, (uint64_t[]){0x1000, 0x2000}), false); /* not in shortest form */
    test_value("memory", regions(2, (uint64_t[]){0x60000000, 0x80000000}), true);
    test_value("memory", regions(2, (uint64_t[]){0x100000, 0x200000}), false); /* the kernel is elsewhere */
    test_value("memory", regions(3, (uint64_t[]){0x100000, 0x200000, 0x300000}), false);
    test_value("memory", regions(4, (uint64_t[]){0x300000, 0x400000, 0x100000, 0x200000}), false);
    test_value("memory", regions(2, (uint64_t[]){0x200000, 0x200000}), false);
    test_value("kernel", regions(0, NULL), false);
}

int main(void)
{
    const struct capdl_profile *p;
    for (size_t i = 0; (p = profile_builtin_at(i)) != NULL; i++) {
        test_round_trip(p);
    }
    test_deterministic();
    test_damaged();
    test_ranges();
    return check_result();
}
