" SPDX-License-Identifier: BSD-2-Clause
autocmd BufNewFile,BufRead *.cdl set filetype=capdl
autocmd FileType capdl setlocal commentstring=--\ %s
