/* SPDX-License-Identifier: BSD-2-Clause */
/* Where instructions of x86-64 end, and which they are: as far as it takes to go from one to the next. */
#include "x86.h"

/* Which opcodes have a ModRM byte, a bit each. */
static const uint16_t has_modrm[2][16] = {
    {0x0f0f, 0x0f0f, 0x0f0f, 0x0f0f, 0x0000, 0x0000, 0x0a08, 0x0000, 0xffff, 0x0000, 0x0000, 0x0000, 0x00c3, 0xff0f,
     0x0000, 0xc0c0},
    {0xa00f, 0xffff, 0xffff, 0x0000, 0xffff, 0xffff, 0xffff, 0xff7f, 0x0000, 0xffff, 0xf838, 0xffff, 0x00ff, 0xffff,
     0xffff, 0xffff},
};

enum { MAX_LENGTH = 15 };

struct cursor {
    const uint8_t *code;
    size_t at, size;
};

static uint8_t peek(const struct cursor *c)
{
    return c->at < c->size ? c->code[c->at] : 0;
}

static bool is_prefix(uint8_t byte)
{
    switch (byte) {
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf0:
    case 0xf2:
    case 0xf3:
        return true;
    default:
        return false;
    }
}

static void take_prefixes(struct cursor *c, struct x86_instruction *i)
{
    for (; c->at < c->size && is_prefix(peek(c)); c->at++) {
        uint8_t byte = peek(c);
        i->operand16 = i->operand16 || byte == 0x66;
        i->lock = i->lock || byte == 0xf0;
        i->address32 = i->address32 || byte == 0x67;
        i->segment = byte == 0x64 || byte == 0x65 ? byte : i->segment;
        i->prefix = byte == 0xf2 || byte == 0xf3 ? byte : i->prefix;
    }
    if ((peek(c) & 0xf0) == 0x40) {
        i->rex = c->code[c->at++];
    }
}

static void take_opcode(struct cursor *c, struct x86_instruction *i)
{
    i->opcode = peek(c);
    c->at++;
    if (i->opcode != 0x0f) {
        return;
    }
    i->map = 1;
    i->opcode = peek(c);
    c->at++;
    if (i->opcode == 0x38 || i->opcode == 0x3a) {
        i->map = i->opcode == 0x38 ? 2 : 3;
        i->opcode = peek(c);
        c->at++;
    }
}

/* VEX: C5 has one byte of fields, C4 two, with the opcode's map. */
static void take_vex(struct cursor *c, struct x86_instruction *i)
{
    i->map = i->opcode == 0xc5 ? 1 : peek(c) & 3;
    c->at += i->opcode == 0xc5 ? 1 : 2;
    i->opcode = peek(c);
    c->at++;
}

static void take_modrm(struct cursor *c, struct x86_instruction *i)
{
    i->operand = (uint8_t)c->at;
    i->modrm = peek(c);
    c->at++;
    uint8_t mode = i->modrm >> 6, base = i->modrm & 7;
    if (mode == 3) {
        return;
    }
    if (base == 4) {
        base = peek(c) & 7;
        c->at++;
        c->at += mode == 0 && base == 5 ? 4 : 0;
    } else {
        c->at += mode == 0 && base == 5 ? 4 : 0;
    }
    c->at += mode == 1 ? 1 : mode == 2 ? 4 : 0;
}

/* Bytes of an immediate operand of the opcodes that have one byte. */
static unsigned immediate_one(const struct x86_instruction *i)
{
    unsigned word = i->operand16 && !(i->rex & 8) ? 2 : 4;
    uint8_t op = i->opcode, reg = i->modrm >> 3 & 7;
    if (op < 0x40) {
        return (op & 7) == 4 ? 1 : (op & 7) == 5 ? word : 0;
    }
    if ((op & 0xf0) == 0x70 || (op & 0xf8) == 0xb0 || (op >= 0xe0 && op <= 0xe7)) {
        return 1;
    }
    if ((op & 0xf8) == 0xb8) {
        return i->rex & 8 ? 8 : word;
    }
    if (op >= 0xa0 && op <= 0xa3) {
        return i->address32 ? 4 : 8;
    }
    switch (op) {
    case 0x6a:
    case 0x6b:
    case 0x80:
    case 0x82:
    case 0x83:
    case 0xa8:
    case 0xc0:
    case 0xc1:
    case 0xc6:
    case 0xcd:
    case 0xeb:
        return 1;
    case 0x68:
    case 0x69:
    case 0x81:
    case 0xa9:
    case 0xc7:
    case 0xe8:
    case 0xe9:
        return word;
    case 0xc2:
    case 0xca:
        return 2;
    case 0xc8:
        return 3;
    case 0xf6:
        return reg < 2 ? 1 : 0;
    case 0xf7:
        return reg < 2 ? word : 0;
    default:
        return 0;
    }
}

static unsigned immediate_two(const struct x86_instruction *i)
{
    uint8_t op = i->opcode;
    if ((op & 0xf0) == 0x80) {
        return i->operand16 && !(i->rex & 8) ? 2 : 4;
    }
    switch (op) {
    case 0x0f:
    case 0x70:
    case 0x71:
    case 0x72:
    case 0x73:
    case 0xa4:
    case 0xac:
    case 0xba:
    case 0xc2:
    case 0xc4:
    case 0xc5:
    case 0xc6:
        return 1;
    default:
        return 0;
    }
}

static unsigned immediate_size(const struct x86_instruction *i)
{
    switch (i->map) {
    case 0:
        return immediate_one(i);
    case 1:
        return immediate_two(i);
    case 3:
        return 1;
    default:
        return 0;
    }
}

struct x86_instruction x86_decode(const uint8_t *code, size_t size)
{
    struct x86_instruction i = {0};
    struct cursor c = {.code = code, .size = size < MAX_LENGTH ? size : MAX_LENGTH};
    take_prefixes(&c, &i);
    take_opcode(&c, &i);
    bool vex = i.map == 0 && (i.opcode == 0xc4 || i.opcode == 0xc5);
    i.vex = vex;
    if (vex) {
        take_vex(&c, &i);
    }
    if (i.map > 1 || vex || has_modrm[i.map][i.opcode >> 4] >> (i.opcode & 15) & 1) {
        take_modrm(&c, &i);
    }
    c.at += immediate_size(&i);
    i.length = c.at <= c.size ? (uint8_t)c.at : 0;
    return i;
}
