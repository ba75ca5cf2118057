/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether this is compiled with AddressSanitizer, which needs more of its host: gcc and clang say so in different ways.
 */
#ifndef TOOL_BASE_SANITIZER_H
#define TOOL_BASE_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ADDRESS_SANITIZER 1
#endif
#endif

#ifndef WITH_ADDRESS_SANITIZER
#define WITH_ADDRESS_SANITIZER 0
#endif

#endif
