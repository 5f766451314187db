/* GCC before 13 says of _tile_loadconfig that it reads 8 of the 64 bytes that it reads, and
   leaves out the stores to the rest: the first product of matrices then crashes on processors
   that have AMX. Put before every file that is compiled (scripts/llama_wheel.sh). */
#if defined(__AMX_TILE__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
#include <immintrin.h>
#define _tile_loadconfig(config) \
    __asm__ volatile("ldtilecfg\t%0" : : "m"(*(const char(*)[64])(config)))
#endif
