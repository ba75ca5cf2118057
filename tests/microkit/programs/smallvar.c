/* half is four bytes long, wide sixteen: neither may be patched */
#include "pd.h"
volatile unsigned half;
volatile word wide[2];
void start_c(void)
{
    half++;
    wide[1]++;
}
