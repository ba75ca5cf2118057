/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks of memory that the kernel regards as a device's, from which it makes only frames, which cannot be IPC
 * buffers; and of what a program can expect of such memory. Memory that the loader fills (--reserve) is RAM.
 */
#include <stdlib.h>

#include "image/forecast.h"
#include "image/program.h"

static bool is_device(const struct forecast *forecast, uint64_t address)
{
    for (size_t i = 0; i < forecast->count; i++) {
        const struct capdl_untyped *u = &forecast->list[i];
        if (address >= u->address && address - u->address < UINT64_C(1) << u->size_bits) {
            return u->is_device;
        }
    }
    return false;
}

/* The object, or what it is made from, that has an address of its own; CAPDL_NO_OBJECT: none. */
static uint32_t with_address(const struct program *program, uint32_t object)
{
    for (unsigned depth = 0; depth < 64 && object != CAPDL_NO_OBJECT; depth++) {
        if (capdl_object_flags(program->spec, object) & CAPDL_OBJECT_HAS_PADDR) {
            return object;
        }
        object = capdl_object_parent(program->spec, object);
    }
    return CAPDL_NO_OBJECT;
}

static bool *find_devices(const struct program *program, const struct forecast *forecast)
{
    bool *devices = memory_zeroed(program->spec->num_objects, sizeof(*devices));
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        uint32_t fixed = with_address(program, i);
        devices[i] = fixed != CAPDL_NO_OBJECT && !(program->kernel_objects[i].flags & KOBJ_RESERVED) &&
                     is_device(forecast, capdl_object_paddr(program->spec, fixed));
    }
    return devices;
}

static void check_object(struct program *program, uint32_t object)
{
    enum capdl_kind kind = capdl_object_kind(program->spec, object);
    unsigned long long address = capdl_object_paddr(program->spec, with_address(program, object));
    if (program->kernel_objects[object].type == CAPDL_TYPE_COUNT ||
        program->kernel_objects[object].type == CAPDL_TYPE_UNTYPED) {
        return;
    }
    if (kind != CAPDL_KIND_FRAME) {
        program_error(program, object,
                      "cannot be made at 0x%llx, which is device memory for kernel %s: only frames and untypeds can",
                      address, program->profile->name);
    } else if (program->kernel_objects[object].flags & KOBJ_CONTENT) {
        program_warning(program, CAPDL_CHECK_DEVICE_FILL, object,
                        "at 0x%llx has contents (fill), but is device memory for kernel %s: the boot would write them "
                        "to the device (use --reserve if it is RAM outside the kernel's map)",
                        address, program->profile->name);
    }
}

static void check_buffer(struct program *program, uint32_t thread, const bool *devices)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(program->spec, thread, CAPDL_TCB_SLOT_IPC_BUFFER);
    if (cap && cap->kind == CAPDL_KIND_FRAME && devices[cap->object]) {
        program_cap_error(program, thread, cap,
                          "cannot be an IPC buffer: 0x%llx is device memory for kernel %s (leave out paddr, or use an "
                          "address in RAM)",
                          (unsigned long long)capdl_object_paddr(program->spec, with_address(program, cap->object)),
                          program->profile->name);
    }
}

/* On RISC-V the hardware decides what is cached; on x86-64 every page can be executed. */
static void check_mapping(struct program *program, const struct capdl_cap *cap)
{
    const struct capdl_profile *profile = program->profile;
    const struct capdl_architecture *facts = capdl_architecture(profile->arch);
    unsigned long long address = capdl_object_paddr(program->spec, with_address(program, cap->object));
    if (facts->cache_attribute && !(cap->flags & CAPDL_CAP_UNCACHED)) {
        program_cap_warning(program, CAPDL_CHECK_DEVICE_CACHED, cap,
                            "at 0x%llx is device memory for kernel %s, but mapped cached: writes may not reach the "
                            "device (write uncached)",
                            address, profile->name);
    } else if (facts->execute_never && cap->rights & CAPDL_RIGHT_EXECUTE) {
        program_cap_warning(program, CAPDL_CHECK_DEVICE_CACHED, cap,
                            "at 0x%llx is device memory for kernel %s, but mapped executable: leave out X", address,
                            profile->name);
    }
}

/* Whether one page follows another in the address space, in physical memory, and in the object that it is part
 * of. */
static bool continues(const struct program *program, const struct capdl_cap *before, const struct capdl_cap *cap)
{
    const struct capdl_spec *spec = program->spec;
    uint32_t low = before->object, high = cap->object;
    return before->kind == CAPDL_KIND_FRAME && cap->kind == CAPDL_KIND_FRAME && before->slot + 1 == cap->slot &&
           capdl_object_flags(spec, low) & capdl_object_flags(spec, high) & CAPDL_OBJECT_HAS_PADDR &&
           !((program->kernel_objects[low].flags | program->kernel_objects[high].flags) & KOBJ_RESERVED) &&
           capdl_object_paddr(spec, low) + (UINT64_C(1) << capdl_object_size_bits(spec, low)) ==
               capdl_object_paddr(spec, high);
}

static void check_border(struct program *program, const struct capdl_cap *before, const struct capdl_cap *cap,
                         const bool *devices)
{
    if (continues(program, before, cap) && devices[before->object] != devices[cap->object]) {
        program_cap_warning(program, CAPDL_CHECK_MEMORY_BORDER, cap,
                            "at 0x%llx is %s for kernel %s, but the page mapped right below it is %s: the memory that "
                            "they form is partly RAM, partly a device",
                            (unsigned long long)capdl_object_paddr(program->spec, cap->object),
                            devices[cap->object] ? "device memory" : "RAM", program->profile->name,
                            devices[cap->object] ? "RAM" : "device memory");
    }
}

static void check_mappings(struct program *program, uint32_t table, const bool *devices)
{
    struct capdl_caps caps = capdl_object_caps(program->spec, table);
    for (uint32_t i = 0; i < caps.count; i++) {
        if (i > 0) {
            check_border(program, &caps.list[i - 1], &caps.list[i], devices);
        }
        if (caps.list[i].kind == CAPDL_KIND_FRAME && devices[caps.list[i].object]) {
            check_mapping(program, &caps.list[i]);
        }
    }
}

void device_memory_check(struct program *program, const struct forecast *forecast)
{
    bool *devices = find_devices(program, forecast);
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(program->spec, i);
        if (devices[i]) {
            check_object(program, i);
        }
        if (kind == CAPDL_KIND_TCB) {
            check_buffer(program, i, devices);
        } else if (program->kernel_objects[i].flags & (KOBJ_MAPPED | KOBJ_ROOT)) {
            check_mappings(program, i, devices);
        }
    }
    free(devices);
}
