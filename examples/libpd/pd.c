/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

#include <stdarg.h>

#include "syscall.h"

uint64_t *pd_words;

void pd_start(uint64_t *ipc_buffer, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);

void pd_start(uint64_t *ipc_buffer, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    const uint64_t args[] = {a, b, c, d, e};
    pd_words = ipc_buffer + SEL4_IPC_BUFFER_WORD_MESSAGE;
    pd_main(args);
    for (;;) {
        pd_wait(PD_SLOT_STOP);
    }
}

/* One system call with the message in pd_words; what comes back is there too. */
static struct pd_message enter(int64_t number, uint64_t cap, uint64_t label, uint64_t length)
{
    struct syscall_registers r = {
        .cap = cap,
        .info = SEL4_MESSAGE(label, 0, length),
        .word = {pd_words[0], pd_words[1], pd_words[2], pd_words[3]},
        .reply = PD_SLOT_REPLY,
    };
    syscall_enter(number, &r);
    for (unsigned i = 0; i < 4; i++) {
        pd_words[i] = r.word[i];
    }
    return (struct pd_message){r.cap, SEL4_MESSAGE_LABEL(r.info), SEL4_MESSAGE_LENGTH(r.info)};
}

struct pd_message pd_call(uint64_t cap, uint64_t label, uint64_t length)
{
    return enter(SEL4_SYS_CALL, cap, label, length);
}

struct pd_message pd_recv(uint64_t endpoint)
{
    return enter(SEL4_SYS_RECV, endpoint, 0, 0);
}

struct pd_message pd_reply_recv(uint64_t endpoint, uint64_t label, uint64_t length)
{
    return enter(SEL4_SYS_REPLY_RECV, endpoint, label, length);
}

void pd_reply(uint64_t label, uint64_t length)
{
#if SEL4_MCS
    enter(SEL4_SYS_SEND, PD_SLOT_REPLY, label, length);
#else
    enter(SEL4_SYS_REPLY, 0, label, length);
#endif
}

void pd_send(uint64_t endpoint, uint64_t label, uint64_t length)
{
    enter(SEL4_SYS_SEND, endpoint, label, length);
}

void pd_signal(uint64_t notification)
{
    enter(SEL4_SYS_SEND, notification, 0, 0);
}

uint64_t pd_wait(uint64_t notification)
{
#if SEL4_MCS
    return enter(SEL4_SYS_WAIT, notification, 0, 0).badge;
#else
    return enter(SEL4_SYS_RECV, notification, 0, 0).badge;
#endif
}

void pd_yield(void)
{
    enter(SEL4_SYS_YIELD, 0, 0, 0);
}

void pd_irq_ack(uint64_t handler)
{
    pd_call(handler, SEL4_LABEL_IRQ_HANDLER_ACK, 0);
}

#if defined(__x86_64__)
/* The accesses follow Issue: In8, In16, In32, Out8, Out16, Out32. */
enum { PORT_IN8 = SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 1, PORT_OUT8 = SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 4 };

uint8_t pd_port_in8(uint64_t ports, uint16_t port)
{
    pd_words[0] = port;
    pd_call(ports, PORT_IN8, 1);
    return (uint8_t)pd_words[0];
}

void pd_port_out8(uint64_t ports, uint16_t port, uint8_t value)
{
    pd_words[0] = port;
    pd_words[1] = value;
    pd_call(ports, PORT_OUT8, 2);
}
#endif

uint64_t pd_read_registers(uint64_t tcb, int suspend, uint64_t registers[SEL4_REGISTERS])
{
    pd_words[0] = suspend != 0;
    pd_words[1] = SEL4_REGISTERS;
    uint64_t error = pd_call(tcb, SEL4_LABEL_TCB_READ_REGISTERS, 2).label;
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        registers[i] = pd_words[i];
    }
    return error;
}

uint64_t pd_write_registers(uint64_t tcb, int resume, const uint64_t registers[SEL4_REGISTERS])
{
    pd_words[0] = resume != 0;
    pd_words[1] = SEL4_REGISTERS;
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        pd_words[2 + i] = registers[i];
    }
    return pd_call(tcb, SEL4_LABEL_TCB_WRITE_REGISTERS, 2 + SEL4_REGISTERS).label;
}

static void print_char(char c)
{
#ifdef SEL4_SYS_DEBUG_PUTCHAR
    struct syscall_registers r = {.cap = (unsigned char)c};

    syscall_enter(SEL4_SYS_DEBUG_PUTCHAR, &r);
#else
    (void)c;
#endif
}

static void print_text(const char *text)
{
    while (*text) {
        print_char(*text++);
    }
}

static void print_number(uint64_t number, unsigned base)
{
    char digits[20];
    unsigned count = 0;
    do {
        digits[count++] = "0123456789abcdef"[number % base];
    } while (number /= base);
    while (count) {
        print_char(digits[--count]);
    }
}

void pd_print(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (; *format; format++) {
        if (*format != '%') {
            print_char(*format);
            continue;
        }
        switch (*++format) {
        case 's':
            print_text(va_arg(args, const char *));
            break;
        case 'c':
            print_char((char)va_arg(args, int));
            break;
        case 'u':
            print_number(va_arg(args, uint64_t), 10);
            break;
        case 'x':
            print_number(va_arg(args, uint64_t), 16);
            break;
        default:
            print_char(*format);
            if (*format == 0) {
                format--;
            }
        }
    }
    va_end(args);
}
