/* five segments (segs.ld): code R-X, constants R--, data RW-, a table that starts in the middle of a page RW-, and 9000
 * bytes of zeroes RW- */
#include "pd.h"
__attribute__((section(".odd"))) volatile word odd_table[300] = {1, 2, 3};
__attribute__((section(".const"))) const volatile word constants[400] = {4, 5, 6};
__attribute__((section(".zero"), aligned(8))) volatile char zeroes[9000];
volatile word counter = 9;
void start_c(void)
{
    odd_table[299] = constants[2];
    zeroes[8999] = 1;
    counter++;
}
