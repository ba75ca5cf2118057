/* SPDX-License-Identifier: BSD-2-Clause */
/* gen_config.json: an object of switches (true, false) and values (strings), as the kernel's gen_config.h defines
 * them. */
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "base/memory.h"
#include "profile/arch.h"
#include "profile/names.h"
#include "profile/text_file.h"

static const char config_path[] = "libsel4/include/kernel/gen_config.json";

const char *config_get(const struct config *config, struct slice name)
{
    for (size_t i = 0; i < config->count; i++) {
        if (slice_is(name, config->list[i].name)) {
            return config->list[i].value;
        }
    }
    return NULL;
}

bool config_is_on(const struct config *config, const char *name)
{
    return config_get(config, (struct slice){name, strlen(name)}) != NULL;
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < config->count; i++) {
        free(config->list[i].name);
        free(config->list[i].value);
    }
    free(config->list);
    *config = (struct config){NULL};
}

static void config_add(struct config *config, const char *name, const char *value)
{
    struct config_symbol *list = memory_need(realloc(config->list, (config->count + 1) * sizeof(*list)));
    config->list = list;
    list[config->count].name = memory_need(strdup(name));
    list[config->count].value = value ? memory_need(strdup(value)) : NULL;
    config->count++;
}

static bool config_fill(struct reader *reader, struct json_object *object, struct capdl_pos pos)
{
    bool good = true;
    json_object_object_foreach(object, key, value)
    {
        if (json_object_is_type(value, json_type_boolean)) {
            config_add(&reader->config, key, json_object_get_boolean(value) ? "1" : NULL);
        } else if (json_object_is_type(value, json_type_string)) {
            config_add(&reader->config, key, json_object_get_string(value));
        } else {
            capdl_error(reader->diags, pos, "'%s' is neither true, false nor a string", key);
            good = false;
        }
    }
    return good;
}

static bool config_parse(struct reader *reader, const struct text_file *file)
{
    struct json_object *object = json_read(reader, file, 4);
    bool good = object && config_fill(reader, object, text_position(file, 0, 0));
    json_object_put(object);
    return good;
}

/* A number a configuration must have. */
static uint64_t config_number(struct reader *reader, const struct text_file *file, const char *name, uint64_t least,
                              uint64_t most)
{
    const char *text = config_get(&reader->config, (struct slice){name, strlen(name)});
    char *end;
    uint64_t value;
    if (!text) {
        capdl_error(reader->diags, text_position(file, 0, 0), "no '%s', which every kernel's configuration has", name);
        return least;
    }
    value = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != 0 || value < least || value > most) {
        capdl_error(reader->diags, text_position(file, 0, 0), "'%s' is \"%.60s\", expected a number from %llu to %llu",
                    name, text, (unsigned long long)least, (unsigned long long)most);
        return least;
    }
    return value;
}

/* The same for a number that some kernels lack; 0 then. */
static uint64_t config_optional(struct reader *reader, const struct text_file *file, const char *name, uint64_t most)
{
    return config_is_on(&reader->config, name) ? config_number(reader, file, name, 0, most) : 0;
}

static const char *config_string(const struct reader *reader, const char *name)
{
    const char *text = config_get(&reader->config, (struct slice){name, strlen(name)});
    return text ? text : "";
}

static bool find_arch(struct reader *reader, const struct text_file *file)
{
    const char *name = config_string(reader, "SEL4_ARCH");
    char list[CAPDL_ARCH_LIST];
    reader->profile->arch = capdl_arch_of_kernel(name);
    if (reader->profile->arch != CAPDL_ARCH_COUNT) {
        return true;
    }
    capdl_error(reader->diags, text_position(file, 0, 0), "'SEL4_ARCH' is \"%.60s\", expected %s", name,
                capdl_arch_list(CAPDL_ARCH_KERNELS, list));
    return false;
}

static void fill_switches(const struct config *config, struct capdl_profile *p)
{
    p->mcs = config_is_on(config, "KERNEL_MCS");
    p->hypervisor = config_is_on(config, "ARM_HYPERVISOR_SUPPORT") || config_is_on(config, "VTX");
    p->smp = config_is_on(config, "ENABLE_SMP_SUPPORT");
    p->printing = config_is_on(config, "PRINTING");
    p->debug = config_is_on(config, "DEBUG_BUILD");
    p->sysenter = config_is_on(config, "SYSENTER");
    p->smc = config_is_on(config, "ALLOW_SMC_CALLS");
    p->fpu = config_is_on(config, "HAVE_FPU");
    p->fsgsbase = config_is_on(config, "FSGSBASE_INST");
    p->pmu_user = config_is_on(config, "EXPORT_PMU_USER");
    p->pcnt_user = config_is_on(config, "EXPORT_PCNT_USER");
    p->vcnt_user = config_is_on(config, "EXPORT_VCNT_USER");
}

static void fill_numbers(struct reader *reader, const struct text_file *file)
{
    struct capdl_profile *p = reader->profile;
    unsigned word_bits = capdl_architecture(p->arch)->word_bits;
    uint64_t top;
    config_number(reader, file, "WORD_SIZE", word_bits, word_bits);
    p->max_nodes = (uint32_t)config_number(reader, file, "MAX_NUM_NODES", 1, CAPDL_MOST_CORES);
    p->num_domains = (uint32_t)config_number(reader, file, "NUM_DOMAINS", 1, CAPDL_MOST_DOMAINS);
    p->num_domain_schedules = (uint32_t)config_optional(reader, file, "NUM_DOMAIN_SCHEDULES", UINT16_MAX);
    p->num_priorities = (uint32_t)config_number(reader, file, "NUM_PRIORITIES", 1, CAPDL_MOST_PRIORITIES);
    p->root_cnode_bits = (uint32_t)config_number(reader, file, "ROOT_CNODE_SIZE_BITS", 7, 26);
    p->max_untypeds = (uint32_t)config_number(reader, file, "MAX_NUM_BOOTINFO_UNTYPED_CAPS", 1, UINT16_MAX);
    p->fan_out = (uint32_t)config_number(reader, file, "RETYPE_FAN_OUT_LIMIT", 1, UINT32_MAX);
    p->reset_chunk_bits = (uint32_t)config_number(reader, file, "RESET_CHUNK_BITS", 0, 63);
    p->timer_frequency = config_optional(reader, file, "TIMER_FREQUENCY", INT64_MAX);
    p->max_period_us = config_optional(reader, file, "KERNEL_STATIC_MAX_PERIOD_US", INT64_MAX);
    p->timer_tick_ms = (uint32_t)config_optional(reader, file, "TIMER_TICK_MS", UINT16_MAX);
    top = config_number(reader, file, "PADDR_USER_DEVICE_TOP", 4096, UINT64_C(1) << 63);
    p->pa_bits = (uint8_t)(64 - __builtin_clzll(top - 1));
}

/* Facts that are the same in all released kernels of an architecture, and in no file of the prefix. */
static void fill_unwritten(struct reader *reader, const struct text_file *file)
{
    enum { WCET_US = 10 };
    struct capdl_profile *p = reader->profile;

    p->max_irq = profile_arch(p->arch)->max_irq;
    if (capdl_architecture(p->arch)->pc) {
        p->num_ioapics = (uint32_t)config_optional(reader, file, "MAX_NUM_IOAPIC", 64);
    }
    if (p->mcs) { /* 32-bit Arm alone has boards with another one */
        p->kernel_wcet_us = WCET_US * config_number(reader, file, "KERNEL_WCET_SCALE", 1, 1000);
    }
}

bool read_config(struct reader *reader)
{
    struct text_file file;
    bool good;
    if (!text_open(reader, config_path, REQUIRED, "the kernel's configuration", &file)) {
        return false;
    }
    good = config_parse(reader, &file) && find_arch(reader, &file);
    if (good) {
        snprintf(reader->profile->platform, sizeof(reader->profile->platform), "%s", config_string(reader, "PLAT"));
        text_clean(reader->profile->platform);
        fill_switches(&reader->config, reader->profile);
        fill_numbers(reader, &file);
        fill_unwritten(reader, &file);
    }
    text_close(&file);
    return good;
}
