/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the driver: says what was typed, backwards too, until a line is just a dot. */
#include "pd.h"
#include "serial.h"

enum { SERIAL = 4 };

static void say(const char *text, uint64_t length)
{
    for (uint64_t i = 0; i < length; i++) {
        pd_words[i] = (unsigned char)text[i];
    }
    pd_call(SERIAL, SERIAL_WRITE, length);
}

static void say_text(const char *text)
{
    uint64_t length = 0;
    while (text[length]) {
        length++;
    }
    say(text, length);
}

void pd_main(const uint64_t *args)
{
    char text[SERIAL_MOST], mirrored[SERIAL_MOST];
    (void)args;
    say_text("reader: type lines, and '.' to end\n");
    for (;;) {
        uint64_t length = pd_call(SERIAL, SERIAL_READ_LINE, 0).length;
        for (uint64_t i = 0; i < length; i++) {
            text[i] = (char)pd_words[i];
            mirrored[length - 1 - i] = text[i];
        }
        if (length == 1 && text[0] == '.') {
            break;
        }
        say_text("reader: ");
        say(text, length);
        say_text(" backwards is ");
        say(mirrored, length);
        say_text("\n");
    }
    say_text("reader: bye\n");
}
