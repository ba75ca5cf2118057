#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# cppcheck.sh SOURCE-ROOT: no findings but those in suppressed.txt. Skipped where cppcheck is not installed.
set -eu
command -v cppcheck > /dev/null || exit 77
cd "$1"
exec cppcheck --quiet --enable=warning,performance,portability --std=c11 -D__x86_64__ --error-exitcode=1 \
    --suppressions-list=tests/lint/suppressed.txt --template='{file}:{line}: {message} [{id}]' \
    -I . -I include -I capdl-spec -I initialiser -I tool -I examples/libpd blob capdl-spec initialiser loader monitor sha256 tool tests examples
