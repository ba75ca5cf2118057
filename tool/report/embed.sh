#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints files as C source (embedded.h). A first line that is only a licence is left out.
# usage: embed.sh FILE...
set -eu
printf '#include "report/embedded.h"\n'
number=0
for file; do
    printf 'static const unsigned char file_%d[] = {\n' $number
    sed '1{/SPDX-License-Identifier/d}' "$file" | od -An -v -tu1 | sed 's/  */,/g; s/^,//; s/$/,/'
    printf '0};\n'
    number=$((number + 1))
done
printf 'const struct embedded_file embedded_files[] = {\n'
number=0
for file; do
    printf '{"%s", file_%d},\n' "$(basename "$file")" $number
    number=$((number + 1))
done
printf '};\nconst size_t num_embedded_files = %d;\n' $number
