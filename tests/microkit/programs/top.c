/* linked by top.ld so that its code lies on the page of the IPC buffer or the stack (aarch64 address) */
#include "pd.h"
void start_c(void)
{
}
