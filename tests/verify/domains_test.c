/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread in a domain that the schedule has no turn for looks as if it ran: the report of a run says why it never
 * does. */
#include <stdlib.h>
#include <string.h>

#include "fixture.h"

static const char text[] =
    "objects { c = cnode (2 bits)  n = notification  t = tcb (ip: 0x200000, sp: 0x201000, prio: 5, "
    "max_prio: 5, dom: 3)  top = TOP SC }\n"
    "caps { c { 1: n (R) }  t { cspace: c (guard: 0, guard_size: 62)  vspace: top SLOT } }\n"
    "domains { schedule: [(0, 50000), (DOMAIN, 50000), (0, 0)] }\n";

static char *made(const char *arch, const char *top, bool mcs, const char *domain)
{
    char head[128];
    snprintf(head, sizeof(head), "arch %s objects", arch);
    char *a = replaced(text, "objects", head), *b = replaced(a, "TOP", top);
    char *c = replaced(b, "SC", mcs ? " s = sc (period: 100, budget: 100)" : "");
    char *d = replaced(c, "SLOT", mcs ? " sc_slot: s" : ""), *e = replaced(d, "DOMAIN", domain);
    free(a);
    free(b);
    free(c);
    free(d);
    return e;
}

static void test(const char *profile, const char *arch, const char *top, bool reached)
{
    char *report = NULL, *spec = made(arch, top, strstr(profile, "mcs"), reached ? "3" : "2");
    size_t size = 0;
    FILE *out = open_memstream(&report, &size);
    struct system system;
    struct machine_result result;
    struct machine_options options = {.report = out, .timeout_seconds = 60};
    system_read(&system, profile, spec);
    system_build(&system, false);
    options.profile = system.profile;
    bool good = machine_run(&system.image, &options, &result, &system.diags);
    fclose(out);
    CHECK(good, "%s does not run", profile);
    bool told = strstr(report, "machine: t is still running;") &&
                strstr(report, ", in domain 3, which the schedule never runs\n");
    CHECK(told == !reached, "%s, %s: %s", profile, reached ? "reached" : "not reached", report);
    free(report);
    free(spec);
    system_free(&system);
}

int main(void)
{
    for (int reached = 0; reached < 2; reached++) {
        test("aarch64+", "aarch64", "pud", reached);
        test("aarch64-mcs+", "aarch64", "pud", reached);
        test("riscv64+", "riscv", "pt", reached);
        test("riscv64-mcs+", "riscv", "pt", reached);
        test("x86_64+", "x86_64", "pml4", reached);
        test("x86_64-mcs+", "x86_64", "pml4", reached);
    }
    return fixture_result();
}
