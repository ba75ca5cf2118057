/* SPDX-License-Identifier: BSD-2-Clause */
/* The two families of UARTs nearly every board has, as far as a line needs them. Firmware has set the line up. */
#ifndef UART_H
#define UART_H

#include <stdint.h>

#include "pd.h"

enum uart_kind { UART_PL011, UART_16550, UART_16550_PORTS };

struct uart {
    enum uart_kind kind;
    uint64_t base;   /* where its registers are mapped, or its first I/O port */
    uint64_t stride; /* bytes from one register of a 16550 to the next */
    uint64_t ports;  /* capability to its I/O ports */
};

enum { PL011_DATA = 0x00, PL011_FLAGS = 0x18, PL011_MASK = 0x38, PL011_CLEAR = 0x44 };
enum { PL011_RX_EMPTY = 0x10, PL011_TX_FULL = 0x20, PL011_RX = 0x10, PL011_RX_TIMEOUT = 0x40 };
enum { U16550_DATA = 0, U16550_INTERRUPTS = 1, U16550_IDENTIFY = 2, U16550_MODEM = 4, U16550_STATUS = 5 };
enum { U16550_RX = 1, U16550_RX_READY = 0x01, U16550_TX_EMPTY = 0x20, U16550_OUT2 = 0x0b };

static inline uint32_t uart_get(const struct uart *u, unsigned reg)
{
#if defined(__x86_64__)
    if (u->kind == UART_16550_PORTS) {
        return pd_port_in8(u->ports, (uint16_t)(u->base + reg));
    }
#endif
    if (u->kind == UART_PL011) {
        return *(volatile uint32_t *)(u->base + reg);
    }
    if (u->stride == 4) {
        return *(volatile uint32_t *)(u->base + reg * 4) & 0xff;
    }
    return *(volatile uint8_t *)(u->base + reg);
}

static inline void uart_set(const struct uart *u, unsigned reg, uint32_t value)
{
#if defined(__x86_64__)
    if (u->kind == UART_16550_PORTS) {
        pd_port_out8(u->ports, (uint16_t)(u->base + reg), (uint8_t)value);
        return;
    }
#endif
    if (u->kind == UART_PL011) {
        *(volatile uint32_t *)(u->base + reg) = value;
    } else if (u->stride == 4) {
        *(volatile uint32_t *)(u->base + reg * 4) = value;
    } else {
        *(volatile uint8_t *)(u->base + reg) = (uint8_t)value;
    }
}

/* Lets it interrupt when something has come. */
static inline void uart_open(const struct uart *u)
{
    if (u->kind == UART_PL011) {
        uart_set(u, PL011_MASK, PL011_RX | PL011_RX_TIMEOUT);
        return;
    }
    uart_set(u, U16550_INTERRUPTS, U16550_RX);
    if (u->kind == UART_16550_PORTS) {
        uart_set(u, U16550_MODEM, U16550_OUT2); /* a PC's interrupt line passes a gate */
    }
}

static inline int uart_has_char(const struct uart *u)
{
    if (u->kind == UART_PL011) {
        return !(uart_get(u, PL011_FLAGS) & PL011_RX_EMPTY);
    }
    return uart_get(u, U16550_STATUS) & U16550_RX_READY;
}

static inline char uart_get_char(const struct uart *u)
{
    return (char)uart_get(u, u->kind == UART_PL011 ? PL011_DATA : U16550_DATA);
}

/* Clears the interrupt. */
static inline void uart_calm(const struct uart *u)
{
    if (u->kind == UART_PL011) {
        uart_set(u, PL011_CLEAR, PL011_RX | PL011_RX_TIMEOUT);
    } else {
        uart_get(u, U16550_IDENTIFY);
    }
}

static inline void uart_put_char(const struct uart *u, char c)
{
    if (u->kind == UART_PL011) {
        while (uart_get(u, PL011_FLAGS) & PL011_TX_FULL)
            ;
    } else {
        while (!(uart_get(u, U16550_STATUS) & U16550_TX_EMPTY))
            ;
    }
    uart_set(u, u->kind == UART_PL011 ? PL011_DATA : U16550_DATA, (unsigned char)c);
}

#endif
