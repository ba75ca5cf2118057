#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: includes.sh SOURCE_ROOT     What the freestanding parts include: each other's headers, the contract, no libc.
cd "$1" || exit 2
status=0

# allowed DIRECTORY PATTERN: every #include below it matches
allowed()
{
    others=$(grep -rnE '^[[:space:]]*#[[:space:]]*include' "$1" --include='*.[chS]' | grep -vE "include ($2)")
    [ -z "$others" ] && return
    echo "$1 must not include:"
    echo "$others"
    status=1
}

freestanding='<(stdbool|stddef|stdint|stdnoreturn|limits|stdalign)\.h>'
contract='<capdl/(blob|facts|leftovers)\.h>|<capdl/(blobitems|bootkeys|errors|initialcaps|phases)\.def>'

allowed blob "$freestanding|$contract|\"(cbor|blob|leftovers|padding|plan|plan_choose|plan_failure|plan_private|plan_state)\.h\""
allowed sha256 "$freestanding|\"sha256(|_blocks|_fast)\.h\"|<(cpuid|immintrin)\.h>"
allowed initialiser "$freestanding|$contract|\"(initialiser|arch|chunk|duration|fills|kernel|message|own_calls|phases|retype|window|word)\.h\"|\"blob/(leftovers|plan)\.h\""
allowed loader "$freestanding|<stdarg\.h>|<capdl/payload\.h>|\"(cpu|libc|limits|loader|tree)\.h\"|\"sha256/sha256\.h\""
allowed monitor "$freestanding|<capdl/monitor\.h>|\"(arch|syscall)\.h\""
allowed include/capdl/blob.h "$freestanding|$contract"
allowed include/capdl/facts.h '<capdl/[a-z]*\.def>'

# And nobody but the tests looks into the initialiser.
for room in tool loader capdl-spec blob examples; do
    if grep -rnE '#[[:space:]]*include.*initialiser/' "$room" --include='*.[chS]'; then
        echo "$room must not include the initialiser's headers"
        status=1
    fi
done
exit $status
