/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drives a UART: args are its kind, where it is, and the stride of its registers. Input is read when the
 * UART interrupts, and only then. Nothing is printed through the kernel.
 */
#include "serial.h"
#include "uart.h"

enum { REQUESTS = 4, ARRIVED = 5, INTERRUPT = 6, PORTS = 7 };

static struct uart uart;
static char line[256]; /* what has come and nobody has read yet; what does not fit is lost */
static unsigned length;

static void put(const char *text)
{
    while (*text) {
        uart_put_char(&uart, *text++);
    }
}

/* Takes what the UART has. What comes after the interrupt has been cleared makes a new one. */
static void take(void)
{
    uart_calm(&uart);
    while (uart_has_char(&uart)) {
        char c = uart_get_char(&uart);
        if (length < sizeof(line)) {
            line[length++] = c == '\r' ? '\n' : c;
        }
    }
}

/* Waits for an interrupt. Where interrupts are edges (PC), one before the Ack is lost: so look once more. */
static void listen(void)
{
    pd_wait(ARRIVED);
    take();
    pd_irq_ack(INTERRUPT);
    take();
}

/* The length of the first line; if none is complete, what has come. */
static unsigned find_end(void)
{
    unsigned end = 0;
    while (end < length && line[end] != '\n') {
        end++;
    }
    return end;
}

/* The first line into the message; returns how much of it fits. */
static unsigned read_line(void)
{
    unsigned end;
    while ((end = find_end()) == length && length < sizeof(line)) {
        listen();
    }
    unsigned count = end < SERIAL_MOST ? end : SERIAL_MOST;
    for (unsigned i = 0; i < count; i++) {
        pd_words[i] = (unsigned char)line[i];
    }
    unsigned used = end < length ? end + 1 : end;
    for (unsigned i = used; i < length; i++) {
        line[i - used] = line[i];
    }
    length -= used;
    return count;
}

/* The text is taken out of the message first: I/O ports are spoken to by messages, too. */
static void write_words(uint64_t count)
{
    char text[SERIAL_MOST];
    for (uint64_t i = 0; i < count && i < SERIAL_MOST; i++) {
        text[i] = (char)pd_words[i];
    }
    for (uint64_t i = 0; i < count && i < SERIAL_MOST; i++) {
        if (text[i] == '\n') {
            uart_put_char(&uart, '\r');
        }
        uart_put_char(&uart, text[i]);
    }
}

void pd_main(const uint64_t *args)
{
    uart = (struct uart){(enum uart_kind)args[0], args[1], args[2], PORTS};
    uart_open(&uart);
    put("driver: ready\r\n");
    struct pd_message m = pd_recv(REQUESTS);
    for (;;) {
        unsigned count = 0;
        if (m.label == SERIAL_WRITE) {
            write_words(m.length);
        } else if (m.label == SERIAL_READ_LINE) {
            count = read_line();
        }
        m = pd_reply_recv(REQUESTS, 0, count);
    }
}
