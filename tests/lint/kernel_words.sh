#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kernel_words.sh SOURCE-ROOT: how wide a kernel's word is, is said by the table of architectures and, in the initialiser, by word.h. Other
# code asks those (capdl_word_bytes and its like; WORD_BITS) and reads ELF files through tool/base.
set -eu
cd "$1"
status=0

# forbid WHY PATTERN [ROOM]... [:!EXCEPTION]...
forbid()
{
    why=$1 pattern=$2
    shift 2
    found=
    for file in $(find "$@" -name '*.[ch]' | grep -vE "${except:-^$}"); do
        found="$found$(grep -nHE "$pattern" "$file" || true)
"
    done
    found=$(printf '%s' "$found" | sed '/^$/d')
    [ -z "$found" ] && return
    echo "$why:"
    echo "$found"
    status=1
} >&2

# Multiboot takes 32-bit files of every kernel.
except='^tool/(base/elf_class|pack/multiboot)\.c$'
forbid "ELF files are of either class: entries come from tool/base/elf_class.h" \
    'ELFCLASS(32|64)|Elf32_|(^|[^[])sizeof\(Elf64_(Phdr|Shdr|Sym|Dyn|Rela?)\)' tool capdl-spec
except='^initialiser/(word\.h|libc\.c)$'
forbid "the kernel's word is in initialiser/word.h" \
    '(call_word|WORD)\(64\)|, 64, |\b6[34] - |<< 63|uint64_t (tag|extra_len|words\[|caps\[)|struct bootinfo \{[^}]*uint64_t' initialiser
except='^loader/|^tool/base/(fdt_check|sha256)'
forbid "a word's width is in capdl/architecture.h" \
    '\bWORD(_BITS|_BYTES|_SIZE)? = (8|64|32)\b|\.word_bits (==|!=) (32|64)|->word_bits (==|!=) 32|root_depth|ROOT_DEPTH' tool capdl-spec blob
except=
forbid "the memory of a program or kernel is read by capdl_word_get and written by capdl_word_put" \
    '\(uint64_t \*\)\(void \*\)(memory_at|ipc_buffer_of)|bootinfo(_[a-z]+)?_offset / 8|b->bootinfo\[|memcpy\([^,]*(page|frame|buffer|bootinfo)[^,]*, &(value|word)' \
    tool capdl-spec
exit $status
