/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * As a UEFI application: takes the device tree from the configuration tables, exits boot services and continues as
 * after any other entry. Layouts and numbers: UEFI Specification 2.10, chapters 4 and 7.
 */
#include "cpu.h"

enum { EFI_SUCCESS = 0, EXIT_ATTEMPTS = 8 };
#define EFI_LOAD_ERROR (UINT64_C(1) << 63 | 1)

struct efi_boot_services {
    uint8_t header[24];
    uint64_t not_used_1[4];
    uint64_t (*get_memory_map)(uint64_t *size, void *map, uint64_t *key, uint64_t *entry_size, uint32_t *version);
    uint64_t not_used_2[21];
    uint64_t (*exit_boot_services)(void *image, uint64_t key);
};

struct efi_configuration {
    uint32_t guid[4];
    uint64_t table;
};

struct efi_system_table {
    uint8_t header[24];
    uint64_t not_used[9];
    const struct efi_boot_services *boot;
    uint64_t num_configurations;
    const struct efi_configuration *configurations;
};

/* b1b621d5-f19c-41a5-830b-d9152c69aae0 */
static uint64_t find_tree(const struct efi_system_table *system)
{
    static const uint32_t guid[4] = {0xb1b621d5, 0x41a5f19c, 0x15d90b83, 0xe0aa692c};
    for (uint64_t i = 0; i < system->num_configurations; i++) {
        if (memcmp(system->configurations[i].guid, guid, sizeof(guid)) == 0) {
            return system->configurations[i].table;
        }
    }
    return 0;
}

/* The key of the memory map proves that we know the current map; reading the map may change it. */
static bool exit_firmware(void *image, const struct efi_system_table *system)
{
    for (int i = 0; i < EXIT_ATTEMPTS; i++) {
        uint64_t size = sizeof(loader.workspace->tables), key, entry_size;
        uint32_t version;
        if (system->boot->get_memory_map(&size, loader.workspace->tables, &key, &entry_size, &version) != EFI_SUCCESS) {
            return false;
        }
        if (system->boot->exit_boot_services(image, key) == EFI_SUCCESS) {
            return true;
        }
    }
    return false;
}

uint64_t efi_leave(void *image, const struct efi_system_table *system, uint64_t *tree)
{
    payload_open(0);
    *tree = find_tree(system);
    return exit_firmware(image, system) ? EFI_SUCCESS : EFI_LOAD_ERROR;
}
