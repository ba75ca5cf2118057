/* two local symbols named twin: which one to patch is not defined */
#include "pd.h"
static volatile word *one(void)
{
    static volatile word a asm("twin_a");
    return &a;
}
asm(".pushsection .bss\n.balign 8\n.local twin\n.type twin,@object\n.size twin,8\ntwin: .zero 8\n.popsection\n");
void start_c(void)
{
    *one() = 1;
}
