/* contract symbols start non-zero in .data, so what the tool leaves untouched shows */
#define FILLED
#include "pd.h"
void start_c(void)
{
}
