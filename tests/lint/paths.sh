#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# paths.sh SOURCE-ROOT: every file that a page, a comment or a script names from the top of the tree exists.
set -eu
cd "$1"
rooms='include/capdl|blob|capdl-spec|tool|initialiser|loader|monitor|tests|examples|scripts|docs'
status=0
named=$(grep -rnoE "(^|[^A-Za-z0-9_./<>=\$@*-])($rooms)/[A-Za-z0-9_/-]+\.(c|h|S|def|sh|md|txt|cdl|cddl|json|lds|ld)\b" \
    blob capdl-spec docs examples include initialiser loader monitor scripts sha256 tests tool ./*.md run-tests demo --include='*.[chS]' \
    --include='*.def' --include='*.md' --include='*.sh' --include='*.build' --include=fuzz --include=run-tests --include=demo)
for hit in $(echo "$named" | tr ' ' '_' | tr -d "\`\"'([,"); do
    path=${hit##*:}
    path=${path#_}
    case $path in *NAME*) continue ;; esac
    if [ ! -e "$path" ] && [ ! -e "include/$path" ]; then
        echo "${hit%:*}: there is no $path" >&2
        status=1
    fi
done
exit $status
