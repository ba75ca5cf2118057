/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>

#include "loader.h"

static void put_string(const char *string)
{
    while (*string) {
        console_put(*string++);
    }
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[24];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    while (count) {
        console_put(digits[--count]);
    }
}

static void print_list(const char *format, va_list list)
{
    for (; *format; format++) {
        if (*format != '%') {
            console_put(*format);
            continue;
        }
        do {
            format++;
        } while (*format == 'l');
        if (*format == 's') {
            put_string(va_arg(list, const char *));
        } else if (*format == 'x') {
            put_string("0x");
            put_number(va_arg(list, uint64_t), 16);
        } else {
            put_number(va_arg(list, uint64_t), 10);
        }
    }
}

void print(const char *format, ...)
{
    va_list list;
    put_string("loader: ");
    va_start(list, format);
    print_list(format, list);
    va_end(list);
    console_put('\n');
}

void die(const char *format, ...)
{
    va_list list;
    put_string("loader: error: ");
    va_start(list, format);
    print_list(format, list);
    va_end(list);
    put_string("\nloader: the system has not been started\n");
    arch_halt();
}
