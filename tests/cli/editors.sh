#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Syntax files know the words of the tables, and the settings of docs/editors.md work as written, where the editor is installed.
# usage: editors.sh CAPDL SOURCES
set -u
capdl=$(realpath "$1") sources=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0
cd "$sources" || exit 1

words=$(sed -n 's/^CAPDL_KIND([A-Z_0-9]*, "\([a-z_0-9]*\)".*/\1/p' include/capdl/kinds.def
    sed -n 's/^CAPDL_TCB_FIELD([A-Z_]*, \([a-z_]*\),.*/\1/p' include/capdl/tcbfields.def
    sed -n 's/^PARAM[A-Z_]*([A-Z_]*, "\([a-z_]*\)".*/\1/p' tool/pd/params.def)
for word in $words; do
    for file in editors/vim/syntax/capdl.vim editors/emacs/capdl-mode.el editors/vscode/syntaxes/capdl.tmLanguage.json; do
        grep -qw -- "$word" $file || { echo "$file lacks $word"; failed=1; }
    done
done
if command -v python3 > /dev/null; then
    for file in editors/vscode/*.json editors/vscode/syntaxes/*.json; do
        python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$file" || failed=1
    done
fi

# block LANGUAGE: of the page
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" docs/editors.md | sed '1d;$d'; }
mkdir "$dir/bin" "$dir/home"
ln -s "$capdl" "$dir/bin/capdl"
PATH=$dir/bin:$PATH
HOME=$dir/home
export HOME PATH
printf 'arch aarch64\n-- c\nobjects { e = ep  n = eq }\ncaps { }\n' > "$dir/a.cdl"

if command -v nvim > /dev/null; then
    mkdir -p "$HOME/.config/nvim"
    cp -r editors/vim/* "$HOME/.config/nvim"
    block lua > "$HOME/.config/nvim/init.lua"
    cat > "$dir/look.lua" <<'END'
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end)
print(vim.bo.filetype, vim.fn.synIDattr(vim.fn.synID(3, 15, 1), 'name'), vim.diagnostic.get(0)[1].message)
END
    (cd "$dir" && timeout 40 nvim --headless a.cdl -c 'syntax on' -c "luafile $dir/look.lua" -c 'qa!') > "$dir/out" 2>&1
    grep -q "capdl capdlKind .*found 'eq'" "$dir/out" || { echo nvim:; cat "$dir/out"; failed=1; }
fi

if command -v emacs > /dev/null; then
    {
        echo "(add-to-list 'load-path \"$sources/editors/emacs\") (package-initialize) (require 'eglot nil t)"
        block elisp
        cat <<END
(find-file "$dir/a.cdl")
(font-lock-ensure)
(princ (format "%s %s\n" major-mode (get-text-property (+ 1 (string-match "ep" (buffer-string))) 'face)))
(if (not (fboundp 'eglot)) (princ "found 'eq'")
  (call-interactively 'eglot)
  (let ((n 0))
    (while (and (< n 200) (null (flymake-diagnostics)))
      (accept-process-output nil 0.1) (flymake-start) (setq n (1+ n))))
  (princ (format "%S\n" (mapcar 'flymake-diagnostic-text (flymake-diagnostics)))))
END
    } > "$dir/init.el"
    timeout 60 emacs --batch -l "$dir/init.el" > "$dir/out" 2>&1
    if ! grep -q 'capdl-mode font-lock-type-face' "$dir/out" || ! grep -q "found 'eq'" "$dir/out"; then
        echo emacs:
        cat "$dir/out"
        failed=1
    fi
fi
exit $failed
