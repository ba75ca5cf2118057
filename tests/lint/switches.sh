#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# switches.sh SOURCE-ROOT: a switch over kinds, or over what kinds.def says of them, has no `default:`, so that the compiler
# names each that a new row lacks. So has one over types of capabilities where deleting one and verify ask what there is to do.
set -eu
cd "$1"
find blob capdl-spec initialiser loader monitor tool -name '*.c' -exec awk '
    /^ *switch \(/ { depth++; match($0, /^ */); indent[depth] = RLENGTH; kinds[depth] = 0; other[depth] = 0 }
    depth && /^ *case CAPDL_(KIND|CLASS|HOLDS)_/ { match($0, /^ */); if (RLENGTH == indent[depth]) kinds[depth] = 1 }
    depth && /^ *case CAP_/ && FILENAME ~ /(machine\/finalise|verify\/compare)[.]c/ { match($0, /^ */); if (RLENGTH == indent[depth]) kinds[depth] = 1 }
    depth && /^ *default:/ { match($0, /^ */); if (RLENGTH == indent[depth]) other[depth] = FNR }
    depth && /^ *}/ {
        match($0, /^ */)
        if (RLENGTH == indent[depth]) {
            if (kinds[depth] && other[depth]) { print FILENAME ":" other[depth] ": a switch over kinds has a default:"; found = 1 }
            depth--
        }
    }
    FNR == 1 { depth = 0 }
    END { exit found }' {} + >&2
