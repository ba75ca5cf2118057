/* contract symbols only, all in .bss */
#include "pd.h"
void start_c(void)
{
}
