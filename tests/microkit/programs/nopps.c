/* lacks the contract symbol microkit_pps */
#define microkit_pps other_pps
#include "pd.h"
void start_c(void)
{
}
