/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

#include "kernel.h"

static void print_char(char c)
{
    kernel_putchar(c);
}

static void print_text(const char *text)
{
    while (*text) {
        print_char(*text++);
    }
}

/* Texts are found by counting, so each table's numbers ascend from 0 without a gap. */
enum {
#define CAPDL_PHASE(id, number, name) AT_PHASE_##id,
#include <capdl/phases.def>
#undef CAPDL_PHASE
};
enum {
#define CAPDL_KERNEL_ERROR(id, number, name) AT_ERROR_##id,
#include <capdl/errors.def>
#undef CAPDL_KERNEL_ERROR
};
enum {
#define CAPDL_INITIAL_CAP(id, number, name, kind) AT_INITIAL_##id,
#include <capdl/initialcaps.def>
#undef CAPDL_INITIAL_CAP
};
#define CAPDL_PHASE(id, number, name) _Static_assert((number) == AT_PHASE_##id, name);
#include <capdl/phases.def>
#undef CAPDL_PHASE
#define CAPDL_KERNEL_ERROR(id, number, name) _Static_assert((number) == AT_ERROR_##id, name);
#include <capdl/errors.def>
#undef CAPDL_KERNEL_ERROR
#define CAPDL_INITIAL_CAP(id, number, name, kind) _Static_assert((number) == AT_INITIAL_##id, name);
#include <capdl/initialcaps.def>
#undef CAPDL_INITIAL_CAP

/* One of several texts stored one after another, by its number. */
static void print_nth(const char *texts, uint64_t number)
{
    while (number--) {
        while (*texts++)
            ;
    }
    print_text(texts);
}

/* At least so many digits, fewer than CAPDL_NAME_MOST_DIGITS. */
static void print_padded(uint64_t number, unsigned base, unsigned least)
{
    char digits[CAPDL_NAME_MOST_DIGITS];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number || count < least);
    while (count) {
        print_char(digits[--count]);
    }
}

static void print_digits(uint64_t number, unsigned base)
{
    print_padded(number, base, 1);
}

/* Large numbers are hexadecimal. */
static void print_word(uint64_t number)
{
    bool hex = number >= 4096;
    if (hex) {
        print_text("0x");
    }
    print_digits(number, hex ? 16 : 10);
}

void print(const char *text, const uint64_t *numbers)
{
    for (; *text; text++) {
        if (*text == '$') {
            print_word(*numbers++);
        } else if (*text == '%') {
            print_digits(*numbers++, 10);
        } else {
            print_char(*text);
        }
    }
}

void say_booted(void)
{
    const uint64_t *sizes = self.blob.sizes;
    if (self.blob.boot[CAPDL_BOOT_SYS_PUTCHAR] && !(self.blob.boot[CAPDL_BOOT_FLAGS] & CAPDL_BOOT_FLAG_QUIET)) {
        print("capdl: booted: % objects, % pages in place, % kernel calls, % bytes of untyped memory touched, "
              "digest $\n",
              (uint64_t[]){sizes[CAPDL_SIZE_OBJECTS] + self.blob.num_direct, sizes[CAPDL_SIZE_PAGES], header.num_calls,
                           self.plan.ram_touched, header.digest});
    }
}

/* A name, or what it is a name of with its number. */
static void print_name(struct capdl_blob_name name, const char *what, uint64_t number)
{
    if (!name.text) {
        print_text(what);
        print_digits(number, 10);
        return;
    }
    for (; name.length--; name.text++) {
        print_char((unsigned char)(*name.text - ' ') > '~' - ' ' ? '?' : *name.text);
    }
    if (name.digits) {
        print_padded(name.index, 10, name.digits);
    } else if (name.is_element) {
        print_char('[');
        print_digits(name.index, 10);
        print_char(']');
    }
}

static void print_name_of(enum capdl_blob_named named, const char *what, uint64_t number)
{
    struct capdl_blob_names names;
    print_name(capdl_blob_name_of(&self.blob, named, number, &names), what, number);
}

static void print_slot(uint64_t slot)
{
    print_name_of(CAPDL_BLOB_NAMED_SLOTS, "slot ", slot);
}

static void print_phase(void)
{
#define CAPDL_PHASE(id, number, name) name "\0"
    static const char names[] =
#include <capdl/phases.def>
        ;
#undef CAPDL_PHASE

    print_text("capdl: ");
    print_nth(names, header.phase);
    print_text(": ");
}

static void print_method(const struct capdl_call *call)
{
    static const char own[] =
#define CAPDL_BOOT_LABEL(id, method, name) name "\0"
#define CAPDL_BOOT_AMONG_LABELS(id) "\0"
#include <capdl/bootkeys.def>
        ;
    if (call->method >= METHOD_OWN) {
        print_nth(own, call->method - METHOD_OWN - CAPDL_BOOT_UNTYPED_RETYPE);
    } else {
        print_name(capdl_blob_method_name(&self.blob, call->method), "method ", call->label);
    }
}

/* enum capdl_initial_cap */
static void print_initial(uint64_t slot)
{
#define CAPDL_INITIAL_CAP(id, number, name, kind) name "\0"
    static const char names[] =
#include <capdl/initialcaps.def>
        ;
#undef CAPDL_INITIAL_CAP

    print_nth(names, slot);
}

static void print_operand(const struct capdl_operand *operand)
{
    switch (operand->kind) {
    case CAPDL_REF_SLOT:
        print_slot(operand->value);
        break;
    case CAPDL_REF_PAGE:
        print_name_of(CAPDL_BLOB_NAMED_PAGES, "page ", operand->value);
        break;
    case CAPDL_REF_INITIAL:
        print_initial(operand->value);
        break;
    case CAPDL_REF_SCHED_CONTROL:
        print_text("SchedControl ");
        print_digits(operand->value, 10);
        break;
    default:
        print_word(operand->value);
    }
}

static void print_call(const struct capdl_call *call)
{
    print_method(call);
    print_char('(');
    print_operand(&call->target);
    for (unsigned i = 0; i < call->num_operands; i++) {
        print_text(", ");
        print_operand(&call->operands[i]);
    }
    print_char(')');
}

static void print_error(unsigned error)
{
#define CAPDL_KERNEL_ERROR(id, number, name) name "\0"
    static const char names[] =
#include <capdl/errors.def>
        ;
#undef CAPDL_KERNEL_ERROR

    if (error < CAPDL_ERROR_COUNT) {
        print_nth(names, error);
    }
    print(" (%)", (uint64_t[]){error});
}

void stop(uint64_t first, uint64_t second)
{
    header.detail[0] = first;
    header.detail[1] = second;
    print_char('\n');
    kernel_leave();
}

void die(const char *text, uint64_t first, uint64_t second)
{
    print_phase();
    print(text, (uint64_t[]){first, second});
    stop(first, second);
}

void die_blob(const struct capdl_blob_error *error)
{
#define CAPDL_BLOB_ITEM(id, name) name "\0"
    static const char items[] = "no blob\0"
#include <capdl/blobitems.def>
        ;
#undef CAPDL_BLOB_ITEM

    print_phase();
    print("damaged at byte %, ", (uint64_t[]){error->offset});
    print_nth(items, error->items);
    stop(error->offset, error->items);
}

void die_call(const struct capdl_call *call, unsigned error)
{
    const struct capdl_operand *words = &call->operands[call->num_caps];
    unsigned num_words = call->num_operands - call->num_caps;
    header.kernel_error = error;
    header.method = call->label;
    header.object = call->target.kind == CAPDL_REF_SLOT ? call->target.value : self.slot;
    print_phase();
    print_call(call);
    if (call->method >= METHOD_OWN && self.slot != UINT64_MAX) {
        print_text(" for ");
        print_slot(self.slot);
    }
    print_text(" failed: ");
    print_error(error);
    stop(num_words > 0 ? words[0].value : 0, num_words > 1 ? words[1].value : 0);
}

void die_plan(const struct capdl_plan_failure *failure)
{
    const uint64_t size = UINT64_C(1) << failure->size_bits;
    header.object = failure->slot;
    print_phase();
    if (failure->slot == UINT64_MAX) {
        print_text("our own CSpace");
    } else {
        print_slot(failure->slot);
    }
    switch (failure->status) {
    case CAPDL_PLAN_NO_ADDRESS:
        print(": no untyped memory holds $ bytes at $", (uint64_t[]){size, failure->address});
        stop(failure->address, size);
    case CAPDL_PLAN_NO_SLOTS:
        print(": % slots too few in the initial CNode", &failure->missing);
        stop(failure->missing, 0);
    default:
        print(": objects of $ bytes and more lack $ bytes of memory; free: $ bytes, largest piece $",
              (uint64_t[]){size, failure->missing, failure->total_free,
                           failure->largest_free ? UINT64_C(1) << failure->largest_free : 0});
        stop(failure->missing, size);
    }
}
