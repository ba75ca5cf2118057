/* SPDX-License-Identifier: BSD-2-Clause */
/* Integer expressions: their values are what the C compiler makes of the same text. */
#include <string.h>

/* Precedence is what is looked at here. */
#pragma GCC diagnostic ignored "-Wparentheses"

#include "../check.h"
#include "profile/expr.h"

/* The preprocessor computes in 64 bits: so do these, by their first operand. */
#define SAME(expression)                   \
    {                                      \
        #expression, (int64_t)(expression) \
    }

static const struct {
    const char *text;
    int64_t value;
} same[] = {
    SAME(-7LL / 2),
    SAME(-7LL % 3),
    SAME(7LL / -2),
    SAME(7LL % -3),
    SAME(-8LL / -3),
    SAME(-8LL / -1),
    SAME(8LL % -1),
    SAME(2LL + 3 * 4 - 5),
    SAME((2LL + 3) * 4 % 7),
    SAME(1LL << 12 | 1 << 3),
    SAME(1LL << 62 << 0),
    SAME(0x7fffffffffffffffLL >> 63),
    SAME(-8LL >> 1),
    SAME(0xf0LL >> 4 & 0x3),
    SAME(0xf0LL ^ 0x3cLL & 0xf),
    SAME(5LL < 7),
    SAME(7LL < 5),
    SAME(5LL < 5),
    SAME(5LL <= 5),
    SAME(6LL <= 5),
    SAME(5LL > 5),
    SAME(6LL > 5),
    SAME(5LL >= 5),
    SAME(5LL >= 6),
    SAME(5LL == 5),
    SAME(5LL == 6),
    SAME(5LL != 5),
    SAME(5LL != 6),
    SAME(-1LL < 0),
    SAME(1LL && 0),
    SAME(2LL && 3),
    SAME(0LL || 0),
    SAME(0LL || 4),
    SAME(1LL || 0 && 0),
    SAME(!0LL),
    SAME(!5LL),
    SAME(~5LL),
    SAME(- -5LL),
    SAME(+5LL),
    SAME(1LL ? 2 : 3),
    SAME(0LL ? 2
         : 1 ? 4
             : 5),
    SAME(0x7fffffffffffffffLL),
    SAME(0755LL),
    SAME(12uLL + 0xABL),
    SAME(10LL - 4 - 3),
    SAME(64LL / 4 / 2),
};

static const struct {
    const char *text, *error;
} wrong[] = {
    {"1 / 0", "division by zero"},
    {"1 % 0", "division by zero"},
    {"18446744073709551616", "a number wider than 64 bits"},
    {"0x1ffffffffffffffff", "a number wider than 64 bits"},
    {"08", "a number that is not an integer"},
    {"1.5", "text after the expression"},
    {"12ab", "a number that is not an integer"},
    {"0x", "a number without digits"},
    {"(1", "a missing ')'"},
    {"", "nothing where a value should be"},
    {"1 +", "nothing where a value should be"},
    {"* 2", "an operator where a value should be"},
    {"1 << 64", "a shift by less than 0 or more than 63"},
    {"1 >> 64", "a shift by less than 0 or more than 63"},
    {"1 << -1", "a shift by less than 0 or more than 63"},
    {"1 ? 2", "a '?' without ':'"},
};

static enum name_state no_name(void *context, struct slice name, int depth, int64_t *value)
{
    (void)context, (void)name, (void)depth, (void)value;
    return NAME_UNKNOWN;
}

static const char *evaluate(const char *text, bool unknown_is_zero, int64_t *value)
{
    struct expr_names names = {.look_up = no_name, .unknown_is_zero = unknown_is_zero};
    return expr_evaluate((struct slice){text, strlen(text)}, &names, 0, value);
}

/* So many of a text, one in the other, and a value. */
static const char *nested(const char *text, unsigned count, const char *end)
{
    static char all[1024];
    int64_t value;
    all[0] = 0;
    for (unsigned i = 0; i < count; i++) {
        strcat(all, text);
    }
    strcat(all, end);
    return evaluate(all, false, &value);
}

/* What nests too deep is an error, and not the end of our stack. */
static void test_depth(void)
{
    static const char *const texts[] = {"(", "-", "1 ? 2 : ", "0 ? "};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const char *error = nested(texts[i], 100, "1");
        CHECK(error && !strcmp(error, "nesting too deep"), "100 %s: %s", texts[i], error ? error : "no error");
    }
    CHECK(!nested("1 ? 2 : ", 60, "1") && !nested("- ", 60, "1"), "not so deep");
}

int main(void)
{
    int64_t value;
    test_depth();
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        const char *error = evaluate(same[i].text, false, &value);
        CHECK(!error && value == same[i].value, "%s is %lld: %s", same[i].text, (long long)value, error ? error : "");
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const char *error = evaluate(wrong[i].text, false, &value);
        CHECK(error && !strcmp(error, wrong[i].error), "%s: %s", wrong[i].text, error ? error : "no error");
    }
    CHECK(evaluate("SOMETHING", false, &value) != NULL, "an unknown name has no value");
    CHECK(!evaluate("SOMETHING + 2", true, &value) && value == 2, "but in #if, where it is 0");
    return check_result();
}
