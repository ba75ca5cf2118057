/* sixteen word variables to patch: v0..v7 in .bss, w0..w7 in .data with a pattern; h0, h1 are local symbols */
#include "pd.h"
volatile word v0, v1, v2, v3, v4, v5, v6, v7;
volatile word w0 = 0xa5a5a5a5a5a5a5a5, w1 = 0xa5a5a5a5a5a5a5a5, w2 = 0xa5a5a5a5a5a5a5a5, w3 = 0xa5a5a5a5a5a5a5a5;
volatile word w4 = 0xa5a5a5a5a5a5a5a5, w5 = 0xa5a5a5a5a5a5a5a5, w6 = 0xa5a5a5a5a5a5a5a5, w7 = 0xa5a5a5a5a5a5a5a5;
static volatile word h0, h1 = 7;
void start_c(void)
{
    static volatile word *const all[] = {&v0, &v1, &v2, &v3, &w0, &w1, &w2, &w3, &h0, &h1};
    say(microkit_name, 64);
    say(" v0=", 4);
    hex(v0);
    say(" w0=", 4);
    hex(w0);
    say("\n", 1);
    for (unsigned i = 0; i < 10; i++) {
        (void)*all[i];
    }
}
