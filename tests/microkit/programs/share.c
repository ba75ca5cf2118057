/* code and data segments on one page (share.ld): two rights for one frame */
#include "pd.h"
void start_c(void)
{
}
