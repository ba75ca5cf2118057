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
    found=$(find "$@" -name '*.[ch]' | grep -vE "${except:-^$}" | xargs grep -nHE "$pattern" || true)
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
    '(call_word|WORD)\(64\)|, 64, |\b6[34] - |<< 63|uint64_t (tag|extra_len|words\[|caps\[)|struct bootinfo \{[^}]*uint64_t|_Static_assert\(.*\(word\)' initialiser
except='^loader/|^tool/base/fdt_check'
forbid "a word's width is in capdl/architecture.h" \
    '\bWORD(_BITS|_BYTES|_SIZE)? = (8|64|32)\b|\.word_bits (==|!=) (32|64)|->word_bits (==|!=) 32|root_depth|ROOT_DEPTH' tool capdl-spec blob
except='^tool/profile/bootinfo\.h$'
forbid "where bootinfo has what depends on the word: tool/profile/bootinfo.h" \
    'BOOTINFO_WORDS =|\b(EXTRA_LEN|NODES|IPC_BUFFER|EMPTY|EMPTY_START) = [0-9]|put_le64\((page|header)|uint64_t region\[2\]|\b(at|offset) \+ [^;]*sizeof\((uint64_t|struct capdl_(leftover_)?untyped)|BOOT_[A-Z]*_OFFSET(\]|, )[^;]*(% 8|\b144\b)' \
    tool capdl-spec blob
except=
forbid "a message says what the table of architectures says" '"[^"]*\bnot an? (32|64)-bit' tool capdl-spec
forbid "the memory of a program or kernel is read by capdl_word_get and written by capdl_word_put" \
    '\(uint64_t \*\)\(void \*\)(memory_at|ipc_buffer_of)|bootinfo(_[a-z]+)?_offset / 8|b->bootinfo\[|memcpy\([^,]*(page|frame|buffer|bootinfo)[^,]*, &(value|word)' \
    tool capdl-spec
exit $status
