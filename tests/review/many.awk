# SPDX-License-Identifier: BSD-2-Clause
# n clients of one program at one server, which they share a page with: 7 n + 7 objects. mode: old; renamed (other names,
# the other way round); edited (and one client may receive from the server's endpoint).
function name(text) { return mode == "old" ? text : "x_" (length(text) * 7919 % 97) "_" text }
function object(text, what) { objects[++num_objects] = name(text) " = " what }
function cap(text) { caps[++num_caps] = text }
function pages(who, page) {
    object("vs" who, "pt"); object("pd" who, "pt"); object("pt" who, "pt"); object("page" who, "frame (4k)")
    cap(name("vs" who) " { 0: " name("pd" who) " }")
    cap(name("pd" who) " { 2: " name("pt" who) " }")
    cap(name("pt" who) " { 0: " name("page" who) " (RW) 1: " name("shared") " (R) }")
}
BEGIN {
    tcb = "tcb (addr: 0, ip: 0x400000, sp: 0x402000, prio: %d, max_prio: 100, affinity: 0)"
    object("shared", "frame (4k)"); object("service", "ep")
    for (i = 0; i <= n; i++) {
        object("t" i, sprintf(tcb, i ? 100 : 110)); object("c" i, "cnode (4 bits)")
        cap(name("t" i) " { cspace: " name("c" i) " (guard_size: 60)  vspace: " name("vs" i) " }")
        cap(name("c" i) " { 1: " name("service") (i ? " (WP)" : " (R)") " }")
        pages(i)
    }
    if (mode == "edited") {
        cap(name("c7") " { 5: " name("service") " (R) }")
    }
    print "arch riscv objects {"
    for (i = 1; i <= num_objects; i++) print objects[mode == "old" ? i : num_objects + 1 - i]
    print "} caps {"
    for (i = 1; i <= num_caps; i++) print caps[mode == "old" ? i : num_caps + 1 - i]
    print "}"
}
