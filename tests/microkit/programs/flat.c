/* one segment with R, W and X (flat.ld) */
#include "pd.h"
volatile word v0 = 1;
void start_c(void)
{
    v0++;
}
